import type { HostId, Plan, Run, RunProbe, StepHost } from '@chaos-lite/shared'

/** Every (step, host) where something may still be changed, newest step first. */
export function stillChanged(run: Run): { stepId: string; host: StepHost }[] {
  return run.steps
    .flatMap((step) => step.hosts.map((host) => ({ stepId: step.stepId, host })))
    .filter(({ host }) => mayBeChanged(host))
    .reverse()
}

/** Only the host's own word ends this: a host that was given the command and fell silent counts. */
export function mayBeChanged(host: StepHost): boolean {
  return host.restoration === 'pending'
}

/** Was anything changed on any host in the course of the run? */
export function anythingChanged(run: Run): boolean {
  return run.steps.some((step) => step.hosts.some((host) => host.begun !== null || host.injected !== null))
}

/** One probe of a plan on each of its hosts; empty when the plan has no such probe. */
export function probesOf(run: Run, probeId: string): RunProbe[] {
  return run.probes.filter((probe) => probe.probeId === probeId)
}

/** The steady-state probes that are not up, as short names of probe and host. */
export function notUp(run: Run, plan: Plan): string[] {
  const name = (hostId: HostId) => plan.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
  return steadyPairs(plan)
    .filter(({ probeId, hostId }) => statusOf(run, probeId, hostId) !== 'up')
    .map(({ probeId, hostId }) => `${probeId} on ${name(hostId)}`)
}

/** Every (probe, host) that decides the verdict. */
function steadyPairs(plan: Plan): { probeId: string; hostId: HostId }[] {
  return plan.probes
    .filter((probe) => probe.role === 'steady')
    .flatMap((probe) => probe.hostIds.map((hostId) => ({ probeId: probe.probeId, hostId })))
}

/** The last status of a probe on a host; null before its first sample. */
export function statusOf(run: Run, probeId: string, hostId: HostId): RunProbe['status'] {
  return run.probes.find((probe) => probe.probeId === probeId && probe.hostId === hostId)?.status ?? null
}

/** Did this probe come to `status` on this host after `sinceMs`, and is it so still? */
export function cameTo(
  run: Run,
  probe: { probeId: string; hostId: HostId; status: 'up' | 'down' },
  sinceMs: number,
): boolean {
  const known = run.probes.find((one) => one.probeId === probe.probeId && one.hostId === probe.hostId)
  const last = known?.transitions.at(-1)
  return last?.status === probe.status && last.at.highMs >= sinceMs
}

/** Where the drill itself cuts the link, losing it is no reason to stop. */
export function holdsThroughLoss(plan: Plan, hostId: string): boolean {
  return plan.steps.some(
    (step) => step.kind === 'inject' && step.onLinkLoss === 'hold' && step.hostIds.includes(hostId),
  )
}
