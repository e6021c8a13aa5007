import { runNow, type Sequence } from './context.ts'
import { dueBeforeOwnTimer } from './revert-order.ts'
import { putBackStep } from './roll-back.ts'

const CHECK_EVERY_MS = 250

/** Keeps the order at the planned end, whatever phase the run is in. Returns how to end the watching. */
export function watchRevertOrder(sequence: Sequence): () => void {
  const { plan, clock, signal } = sequence
  if (plan.steps.filter((step) => step.kind === 'inject').length < 2) return () => undefined
  const ordered = new Set<string>()
  const timer = setInterval(() => {
    if (signal.aborted) return
    for (const [stepId, dueMs] of dueBeforeOwnTimer(plan, runNow(sequence))) {
      if (dueMs > clock.nowMs() || ordered.has(stepId)) continue
      ordered.add(stepId)
      void putBackStep(sequence, stepId, 'hold ended').catch((error: unknown) =>
        sequence.log.error({ err: error, runId: sequence.runId }, `${stepId} could not be rolled back in its turn`),
      )
    }
  }, CHECK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
