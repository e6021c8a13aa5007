import type { HostId, Params, ProbeOrder } from '@chaos-lite/shared'
import { hostName, type Sequence } from './context.ts'
import { order, printable } from './orders.ts'

const OPEN_MS = 15_000

/** Reserves every host, starts its probes and its lease, and measures its clock. Returns why it cannot go on, or null. */
export async function preflight(sequence: Sequence): Promise<string | null> {
  const complaints = await Promise.all(sequence.plan.hosts.map(({ hostId }) => openHost(sequence, hostId)))
  return complaints.find((complaint) => complaint !== null) ?? null
}

/** Opens the run on one host, unless it was closed there; also used when a host comes back in the middle of a run. */
export function openHost(sequence: Sequence, hostId: HostId): Promise<string | null> {
  return sequence.doors.open(hostId, () => openNow(sequence, hostId))
}

async function openNow(sequence: Sequence, hostId: HostId): Promise<string | null> {
  const { plan, runId, gateway } = sequence
  const onLinkLoss = plan.steps.some(
    (step) => step.kind === 'inject' && step.hostIds.includes(hostId) && step.onLinkLoss === 'hold',
  )
    ? 'hold'
    : 'revert'
  const probes = probeOrders(sequence, hostId)
  gateway.renewLease(hostId, runId, true)
  const answer = await order(
    sequence,
    hostId,
    { name: 'run.open', runId, onLinkLoss, probes },
    { expiresInMs: OPEN_MS },
  )
  if (!answer.ok) return `${hostName(plan, hostId)}: ${answer.reason}`
  return measure(sequence, hostId)
}

/** Measures a host's clock and records it as a fact, so that anybody can recompute the timings. */
export async function measure(sequence: Sequence, hostId: HostId): Promise<string | null> {
  try {
    const { bootId, offsetMs, boundMs } = await sequence.gateway.measureClock(hostId)
    const { runId } = sequence
    await sequence.book.record({ type: 'clock.measured', runId, hostId, bootId, offsetMs, boundMs })
    return null
  } catch (error) {
    return `${hostName(sequence.plan, hostId)}: its clock could not be measured: ${printable(String(error))}`
  }
}

function probeOrders({ plan }: Sequence, hostId: HostId): ProbeOrder[] {
  return plan.probes
    .filter((probe) => probe.hostIds.includes(hostId))
    .map(({ probeId, probe, params, hostParams, everyMs, expect }) => ({
      probeId,
      probe,
      params: paramsOn({ params, hostParams }, hostId),
      everyMs,
      expect,
    }))
}

/** The parameters on one host. */
export function paramsOn(
  planned: { params: Params; hostParams?: Record<HostId, Params> | undefined },
  hostId: HostId,
): Params {
  return planned.hostParams?.[hostId] ?? planned.params
}
