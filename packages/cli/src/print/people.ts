import type { Run } from '@chaos-lite/shared'

/** A step of a run that waits for a person, and the command that ends the wait. */
export interface Awaited {
  readonly stepId: string
  readonly text: string
  readonly command: string
  readonly verb: 'answer' | 'report'
}

/** The questions and alerts that a run waits for now. */
export function awaited(run: Run): Awaited[] {
  if (run.outcome !== null) return []
  const open = new Set(run.steps.filter(({ state }) => state !== 'ended').map(({ stepId }) => stepId))
  const runId = run.runId ?? ''
  const questions = run.questions
    .filter(({ answer, stepId }) => answer === null && open.has(stepId))
    .map(({ stepId, text, of }) => ({
      stepId,
      text: `${of}: ${text}`,
      command: `chaos-lite run answer ${runId} ${stepId} yes`,
      verb: 'answer' as const,
    }))
  const alerts = run.alerts
    .filter(({ awaitedMs, received, stepId }) => awaitedMs !== null && received === null && open.has(stepId))
    .map(({ stepId, text }) => ({
      stepId,
      text: `Alert: ${text}`,
      command: `chaos-lite run acknowledge ${runId} ${stepId}`,
      verb: 'report' as const,
    }))
  return [...questions, ...alerts]
}
