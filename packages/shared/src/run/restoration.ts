import type { HostId } from '../primitives.ts'
import { type Compared, Restoration } from './event.ts'
import { append } from './list.ts'
import type { Run } from './run.ts'
import type { StepHost } from './run-step.ts'

/** How one host came back, with everything that was compared there. */
export interface HostRestoration {
  readonly hostId: HostId
  readonly restoration: Restoration
  /** It is back, but only after it had been reported as stuck or unknown. */
  readonly wasStuck: boolean
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
  readonly byHand: readonly string[]
}

/** The worst of several; `not applicable` when there are none. */
export function worstOf(restorations: readonly Restoration[]): Restoration {
  const rank = (one: Restoration) => Restoration.options.indexOf(one)
  return restorations.reduce((worst, one) => (rank(one) > rank(worst) ? one : worst), 'not applicable')
}

/** All rows of one host, in the order of the method. */
export function rowsOf(run: Run, hostId: HostId): StepHost[] {
  return run.steps.flatMap((step) => step.hosts.filter((row) => row.hostId === hostId))
}

/** How one host came back: the worst of its steps, and their lists put together. */
export function restorationOfHost(run: Run, hostId: HostId): HostRestoration {
  const rows = rowsOf(run, hostId)
  return {
    hostId,
    restoration: worstOf(rows.map((row) => row.restoration)),
    wasStuck: rows.some(wasStuck),
    compared: rows.flatMap((row) => row.compared),
    kept: rows.flatMap((row) => row.kept),
    byHand: rows.flatMap((row) => (row.byHand === null ? [] : [row.byHand])),
  }
}

/** May a run with this restoration have passed? */
export function isRestored(restoration: Restoration): boolean {
  return restoration === 'identical' || restoration === 'ours undone' || restoration === 'not applicable'
}

/** Did it come back only after it had been reported as stuck or unknown? */
export function wasStuck(row: Pick<StepHost, 'stuck' | 'restoration'>): boolean {
  return row.stuck !== undefined && isRestored(row.restoration)
}

/** Is any host of this run back only after it had been reported as stuck or unknown? */
export function hasBeenStuck(run: Pick<Run, 'steps'>): boolean {
  return run.steps.some((step) => step.hosts.some(wasStuck))
}

function noteLate(run: Run, hostId: HostId, from: Restoration, to: Restoration, ms: number): Run {
  const name = run.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
  const note = `${name} reported after the run had ended: ${to} (was: ${from}).`
  return append(run, 'late', { hostId, from, to, note, ms })
}

/** A passed run whose host turns out not to be back is not a passed run. The other way there is no way. */
function lowered(run: Run): Run {
  if (run.outcome !== 'passed' || isRestored(run.restoration)) return run
  const reason = `Recorded as passed; then a host reported that it is not as it was: ${run.restoration}.`
  return { ...run, outcome: 'failed', reasons: [...run.reasons, reason] }
}

/** Brings the restoration of every host, and of the run, up to date with its rows; notes what came after the end. */
export function settleRestoration(before: Run, run: Run, ms: number): Run {
  if (run.steps === before.steps && run.hosts === before.hosts && run.outcome === before.outcome) return run
  const byHost = new Map<HostId, Restoration>()
  for (const row of run.steps.flatMap((step) => step.hosts)) {
    byHost.set(row.hostId, worstOf([byHost.get(row.hostId) ?? 'not applicable', row.restoration]))
  }
  const changes: { hostId: HostId; from: Restoration; to: Restoration }[] = []
  const hosts = run.hosts.map((host) => {
    const restoration = byHost.get(host.hostId) ?? 'not applicable'
    if (restoration === host.restoration) return host
    changes.push({ hostId: host.hostId, from: host.restoration, to: restoration })
    return { ...host, restoration }
  })
  const next = { ...run, hosts, restoration: worstOf(hosts.map((host) => host.restoration)) }
  if (before.outcome === null) return lowered(next)
  return lowered(changes.reduce((so, one) => noteLate(so, one.hostId, one.from, one.to, ms), next as Run))
}
