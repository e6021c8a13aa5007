import type { PlannedStep, Run } from '@chaos-lite/shared'
import { type ExerciseStep, hostName, runNow, type Sequence } from './context.ts'
import { inject } from './inject.ts'
import { order } from './orders.ts'
import { paramsOn } from './preflight.ts'

type Of<Kind extends PlannedStep['kind']> = Extract<PlannedStep, { kind: Kind }>

const EXERCISE_SLACK_MS = 15_000
const LONGEST_ORDER_MS = 600_000

/** Runs one step of the method to its end, and records that end. */
export async function performStep(sequence: Sequence, step: PlannedStep): Promise<void> {
  const { book, runId } = sequence
  const { stepId } = step
  await book.record({ type: 'step.started', runId, stepId })
  await perform(sequence, step)
  const reason = stepComplaint(runNow(sequence), stepId, sequence.signal.aborted)
  await book.record({ type: 'step.ended', runId, stepId, ok: reason === null, reason })
}

function perform(sequence: Sequence, step: PlannedStep): Promise<unknown> {
  switch (step.kind) {
    case 'inject':
      return inject(sequence, step)
    case 'exercise':
      return exercise(sequence, step)
    case 'ask':
      return ask(sequence, step)
    case 'alert':
      return awaitAlert(sequence, step)
    case 'wait':
      return sequence.book.until(sequence.runId, () => false, { withinMs: step.forMs, signal: sequence.signal })
  }
}

async function exercise(sequence: Sequence, step: ExerciseStep): Promise<void> {
  const { runId, book, signal } = sequence
  const { stepId, exercise: name, withinMs } = step
  const expiresInMs = Math.min(withinMs + EXERCISE_SLACK_MS, LONGEST_ORDER_MS)
  const answers = await Promise.all(
    step.hostIds.map((hostId) =>
      order(
        sequence,
        hostId,
        { name: 'exercise', runId, stepId, exercise: name, params: paramsOn(step, hostId), withinMs },
        { expiresInMs, stepId },
      ),
    ),
  )
  if (answers.some((answer) => !answer.ok)) return
  const done = (run: Run) => stepOf(run, stepId).hosts.every((host) => host.exercise !== null)
  await book.until(runId, done, { withinMs: withinMs + EXERCISE_SLACK_MS, signal })
}

async function ask({ book, runId, clock, signal }: Sequence, step: Of<'ask'>): Promise<void> {
  const { stepId, text, of, withinMs } = step
  const untilMs = clock.nowMs() + withinMs
  await book.record({ type: 'question.asked', runId, stepId, text, of, untilMs })
  await book.until(runId, (run) => questionAnswered(run, stepId), { withinMs, signal })
}

async function awaitAlert({ book, runId, signal }: Sequence, step: Of<'alert'>): Promise<void> {
  const { stepId, withinMs } = step
  await book.record({ type: 'alert.awaited', runId, stepId })
  await book.until(runId, (run) => alertReceived(run, stepId), { withinMs, signal })
}

/** Has somebody answered? Any answer ends the wait; whether it is the expected one is judged at the end. */
function questionAnswered(run: Run, stepId: string): boolean {
  return run.questions.some((question) => question.stepId === stepId && question.answer !== null)
}

/** Has the alert come, by whichever way: a webhook of monitoring, or a person who reports it? */
function alertReceived(run: Run, stepId: string): boolean {
  return run.alerts.some((alert) => alert.stepId === stepId && alert.received !== null)
}

/** What is wrong with a step that has come to its end; null when nothing is. */
function stepComplaint(run: Run, stepId: string, isStopped: boolean): string | null {
  const step = stepOf(run, stepId)
  const stopped = isStopped ? 'the run was stopped before its time was over' : null
  const name = (hostId: string) => (run.plan === null ? hostId : hostName(run.plan, hostId))
  switch (step.kind) {
    case 'inject':
      return step.effect.state === 'seen'
        ? null
        : (step.effect.reason ??
            (isStopped ? 'the run was stopped before the failure was confirmed' : 'the failure was not confirmed'))
    case 'exercise': {
      const bad = step.hosts.find((host) => host.exercise?.ok !== true)
      return bad === undefined ? null : `${name(bad.hostId)}: ${bad.exercise?.reason ?? bad.failure ?? 'did not end'}`
    }
    case 'ask':
      return questionAnswered(run, stepId) ? null : (stopped ?? 'nobody answered in time')
    case 'alert':
      return alertReceived(run, stepId) ? null : (stopped ?? 'no alert came in time')
    case 'wait':
      return null
  }
}

function stepOf(run: Run, stepId: string): Run['steps'][number] {
  const step = run.steps.find((one) => one.stepId === stepId)
  if (step === undefined) throw new Error(`The run has no step ${stepId}.`)
  return step
}
