import { awaitedWhileHeld, type Run, type StepHost, traitsOf } from '@chaos-lite/shared'
import { hostName, type InjectStep, runNow, type Sequence } from './context.ts'
import { stillChanged } from './look.ts'

/** How long a host may take to begin its own revert after the hold has ended, before it is ordered to. */
const OWN_TIMER_SLACK_MS = 3_000

/**
 * Stays until the failures have had their time: until the drill may release early, or until the hosts' own timers
 * have rolled everything back. Returns why the holding ended.
 */
export async function hold(sequence: Sequence): Promise<'released early' | 'hold ended'> {
  const { book, runId, plan, signal } = sequence
  const sinceMs = sequence.clock.nowMs()
  while (!signal.aborted) {
    const run = runNow(sequence)
    if (stillChanged(run).length === 0) return 'hold ended'
    if (plan.release === 'early' && nothingLeftToMeasure(run)) return 'released early'
    const endMs = firstHoldEndMs(sequence, run, sinceMs) + OWN_TIMER_SLACK_MS
    const remainingMs = endMs - sequence.clock.nowMs()
    if (remainingMs <= 0) return 'hold ended'
    // Any fact may change the answer to one of the questions above.
    let facts = 0
    await book.until(runId, () => facts++ > 0, { withinMs: remainingMs, signal })
  }
  return 'hold ended'
}

/**
 * The earliest time at which a hold that is still open ends, on the controller's time line. All were injected before the
 * holding began: a host that says nothing of it, or a later time, makes no hold longer.
 */
function firstHoldEndMs({ plan }: Sequence, run: Run, sinceMs: number): number {
  const ends = stillChanged(run).flatMap(({ stepId, host }) => {
    const step = plan.steps.find((one): one is InjectStep => one.kind === 'inject' && one.stepId === stepId)
    if (step === undefined) return []
    return [Math.min(host.injected?.highMs ?? sinceMs, sinceMs) + step.holdMs]
  })
  return Math.min(...ends)
}

/** Nobody who missed the time for an alert or an answer makes the outage longer. */
function nothingLeftToMeasure(run: Run): boolean {
  const isOver = (stepId: string) => run.steps.some((step) => step.stepId === stepId && step.state === 'ended')
  return (
    awaitedWhileHeld(run).length === 0 &&
    run.questions.every((question) => question.answer !== null || isOver(question.stepId))
  )
}

const EXPECTED: ReadonlySet<StepHost['cause']> = new Set([
  null,
  'hold ended',
  'released early',
  'abort',
  'stop all',
  'inject failed',
  'effect not seen',
])

/** A host that was ordered to restart rolls itself back at its boot: nobody else could. */
function camePlanned({ gateway }: Sequence, { hostId, action, cause }: StepHost): boolean {
  if (cause !== 'recovery' || action === null) return false
  return traitsOf(action, gateway.inventory(hostId)?.menu ?? null).restartsHost === true
}

/** Stops the run when a host rolled itself back for a reason of its own: halted, restarted, lost its lease. */
export function stopOnOwnRevert(sequence: Sequence): () => void {
  return sequence.book.listen({
    fact: (runId) => {
      if (runId !== sequence.runId || sequence.signal.aborted) return
      const own = runNow(sequence)
        .steps.flatMap((step) => step.hosts)
        .find((host) => !EXPECTED.has(host.cause) && !camePlanned(sequence, host))
      if (own === undefined) return
      const reason = `${hostName(sequence.plan, own.hostId)} rolled itself back: ${own.cause}`
      void sequence.stop('host lost', reason)
    },
  })
}
