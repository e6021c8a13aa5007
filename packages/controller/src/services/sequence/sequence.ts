import { Phase, type RevertCause, type Run } from '@chaos-lite/shared'
import { watchAbortConditions } from './abort-conditions.ts'
import { baseline } from './baseline.ts'
import { runNow, type Sequence } from './context.ts'
import { end } from './end.ts'
import { hold, stopOnOwnRevert } from './hold.ts'
import { anythingChanged, stillChanged } from './look.ts'
import { preflight } from './preflight.ts'
import { recordSurely } from './record.ts'
import { putBack } from './roll-back.ts'
import { performStep } from './steps.ts'
import { verify } from './verify.ts'
import { watchRevertOrder } from './watch-revert-order.ts'

const PHASES: readonly Phase[] = Phase.options

/**
 * Runs an approved plan from preflight to its end. Whatever goes wrong on the way, what was changed is rolled back and
 * the run ends with a truthful verdict.
 */
export async function runSequence(sequence: Sequence): Promise<Run> {
  let cause: RevertCause = 'abort'
  const endings = [watchAbortConditions(sequence), stopOnOwnRevert(sequence), watchRevertOrder(sequence)]
  try {
    cause = await performMethod(sequence)
  } catch (error) {
    sequence.log.error({ err: error, runId: sequence.runId }, 'a run failed; rolling everything back')
    await sequence.stop('inject failed', 'the controller failed; its log has the details')
  } finally {
    for (const ending of endings) ending()
  }
  return finish(sequence, cause)
}

/** Rolls back, verifies and ends: the second half of every run, also of one whose controller was restarted. */
export async function finish(sequence: Sequence, cause: RevertCause): Promise<Run> {
  if (stillChanged(runNow(sequence)).length > 0) {
    // Not waited for: a disk without room for this fact must not keep anything changed.
    const entered = enter(sequence, 'reverting')
    entered.catch(() => undefined)
    await putBack(sequence, cause)
    await entered
  }
  if (anythingChanged(runNow(sequence)) || runNow(sequence).phase === 'holding') {
    await sequence.stopRecorded()
    await enter(sequence, 'reverting')
    await enter(sequence, 'verifying')
    await verify(sequence)
  }
  return end(sequence)
}

/** Ends a run whose approval could not be stored, so that it does not keep its hosts. */
export async function refuse(sequence: Sequence): Promise<Run> {
  await sequence.stop('preflight', 'the controller could not store that it was approved')
  return finish(sequence, 'abort')
}

/** Returns why the failures are rolled back. */
async function performMethod(sequence: Sequence): Promise<RevertCause> {
  const { plan, signal } = sequence
  await enter(sequence, 'preflight')
  if (signal.aborted) return causeOf(sequence)
  const obstacle = await preflight(sequence)
  if (obstacle !== null) return skip(sequence, obstacle)
  await enter(sequence, 'baseline')
  const failing = await baseline(sequence)
  if (failing !== null && plan.kind === 'drill') return skip(sequence, failing)
  await enter(sequence, 'injecting')
  for (const step of plan.steps) {
    if (signal.aborted) return causeOf(sequence)
    await performStep(sequence, step)
    if (effectMissed(runNow(sequence), step.stepId)) return 'effect not seen'
  }
  if (signal.aborted) return causeOf(sequence)
  await enter(sequence, 'holding')
  const ended = await hold(sequence)
  return signal.aborted ? causeOf(sequence) : ended
}

/** Nothing was changed: the reason is recorded, and the run will end as skipped. */
async function skip(sequence: Sequence, reason: string): Promise<RevertCause> {
  if (!sequence.signal.aborted) await sequence.stop('preflight', reason)
  return 'abort'
}

function causeOf(sequence: Sequence): RevertCause {
  return runNow(sequence).aborts[0]?.cause === 'stop all' ? 'stop all' : 'abort'
}

function effectMissed(run: Run, stepId: string): boolean {
  return run.steps.some((step) => step.stepId === stepId && step.effect.state === 'missed')
}

/** Enters a phase unless the run is there already, or further on. */
async function enter(sequence: Sequence, phase: Phase): Promise<void> {
  if (PHASES.indexOf(runNow(sequence).phase) >= PHASES.indexOf(phase)) return
  await recordSurely(sequence, { type: 'phase.entered', runId: sequence.runId, phase })
}
