import { type HostId, longestChangedMs, type RevertCause, type Run } from '@chaos-lite/shared'
import { type InjectStep, runNow, type Sequence } from './context.ts'
import { stillChanged } from './look.ts'
import { order } from './orders.ts'
import { revertOrder } from './revert-order.ts'

const ORDER_MS = 15_000
/** Beyond its own deadline, a host gets this long to report that it is back. */
const REPORT_SLACK_MS = 30_000

/**
 * Rolls everything back, newest step first (at the planned end in the drill's own order, if it has one), on all hosts of a step at once. A host that cannot be reached puts itself
 * back by its lease and its safety timer, and is ordered to when it has a link again before that: a link that was gone for
 * a moment must not keep a failure in place. It is waited for until its own deadline has passed, and no longer.
 */
export async function putBack(sequence: Sequence, cause: RevertCause): Promise<void> {
  const { book, clock, gateway, runId } = sequence
  const allBack = (run: Run) => stillChanged(run).length === 0
  for (;;) {
    const back = new AbortController()
    const unlisten = gateway.listen({
      online: (hostId) => {
        if (stillChanged(runNow(sequence)).some((open) => open.host.hostId === hostId)) back.abort()
      },
    })
    try {
      await orderAll(sequence, cause)
      const withinMs = lastDeadlineMs(sequence) + REPORT_SLACK_MS - clock.nowMs()
      if (withinMs > 0) await book.until(runId, allBack, { withinMs, signal: back.signal })
    } finally {
      unlisten()
    }
    if (!back.signal.aborted || allBack(runNow(sequence))) return
  }
}

async function orderAll(sequence: Sequence, cause: RevertCause): Promise<void> {
  const left = new Set(revertOrder(sequence.plan, cause))
  while (left.size > 0) {
    // Whoever stops the run meanwhile ends the drill's own order with it.
    const order = revertOrder(sequence.plan, sequence.signal.aborted ? 'abort' : cause)
    const step = order.find((one) => left.has(one))
    if (step === undefined) return
    left.delete(step)
    await putBackStep(sequence, step.stepId, cause)
  }
}

/** Puts one step back on all of its hosts that can be reached, and waits until they say so. */
export async function putBackStep(sequence: Sequence, stepId: string, cause: RevertCause): Promise<void> {
  const step = sequence.plan.steps.find((one): one is InjectStep => one.kind === 'inject' && one.stepId === stepId)
  if (step === undefined) return
  const hosts = openHosts(runNow(sequence), step.stepId)
  const reachable = hosts.filter((hostId) => sequence.gateway.isOnline(hostId))
  await Promise.all(reachable.map((hostId) => putBackOn(sequence, step, hostId, cause)))
}

async function putBackOn(sequence: Sequence, step: InjectStep, hostId: HostId, cause: RevertCause): Promise<void> {
  const { runId, book } = sequence
  const { stepId } = step
  const revertMs = step.explanations.find((one) => one.hostId === hostId)?.revertMs ?? 0
  const expiresInMs = Math.min(ORDER_MS + revertMs, 600_000)
  const answer = await order(sequence, hostId, { name: 'revert', runId, stepId, cause }, { expiresInMs, stepId })
  if (!answer.ok && !sequence.gateway.isOnline(hostId)) return
  const back = (run: Run) => !openHosts(run, stepId).includes(hostId)
  await book.until(runId, back, { withinMs: ORDER_MS + revertMs })
}

function openHosts(run: Run, stepId: string): HostId[] {
  return [...new Set(stillChanged(run).flatMap((open) => (open.stepId === stepId ? [open.host.hostId] : [])))]
}

/** When the last safety timer of what is still open will have acted, on the controller's time line. */
function lastDeadlineMs({ plan, clock, ...sequence }: Sequence): number {
  const run = sequence.book.current(sequence.runId)
  const open = run === null ? [] : stillChanged(run)
  const deadlines = open.map(({ stepId, host }) => {
    const step = plan.steps.find((one): one is InjectStep => one.kind === 'inject' && one.stepId === stepId)
    const explanation = step?.explanations.find((one) => one.hostId === host.hostId)
    if (step === undefined || explanation === undefined) return clock.nowMs()
    // What cannot be yet is not believed.
    const armedMs = Math.min(host.armed?.highMs ?? clock.nowMs(), clock.nowMs())
    return armedMs + longestChangedMs({ ...step, ...explanation })
  })
  return Math.max(clock.nowMs(), ...deadlines)
}
