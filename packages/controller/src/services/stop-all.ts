import type { Run, StopAllView, Ulid } from '@chaos-lite/shared'
import type { RunsDeps } from './runs.ts'
import { anythingChanged, mayBeChanged } from './sequence/look.ts'

type HostState = StopAllView['hosts'][number]

/**
 * Every host of every run that was under way when everything was stopped (and of every run under way now), until the
 * last one has confirmed. A host that cannot be reached stays on the list with what is known.
 */
export async function stopAllView(
  deps: RunsDeps,
  clientIds: readonly Ulid[],
  stoppedAtMs: number | null,
): Promise<StopAllView> {
  const hosts: HostState[] = []
  for (const clientId of clientIds) {
    for (const row of await deps.store.runs.ofClient(clientId, { limit: 100, before: null })) {
      const concerned = row.endedMs === null || (stoppedAtMs !== null && row.endedMs >= stoppedAtMs)
      const run = concerned ? await deps.book.get(row.runId) : null
      if (run?.plan != null) hosts.push(...hostStates(deps, run, stoppedAtMs !== null))
    }
  }
  return { hosts }
}

function hostStates({ gateway }: RunsDeps, run: Run, asked: boolean): HostState[] {
  return (run.plan?.hosts ?? []).map(({ hostId, name }) => {
    const records = run.steps.flatMap((step) => step.hosts.filter((host) => host.hostId === hostId))
    const open = records.some(mayBeChanged)
    const restoration = run.hosts.find((host) => host.hostId === hostId)?.restoration ?? 'not applicable'
    const bad = restoration === 'stuck' || restoration === 'unknown'
    const settled = !open && !bad && (run.phase === 'ended' || anythingChanged(run) || asked)
    const state = settled ? 'confirmed' : gateway.isOnline(hostId) ? (open ? 'putting back' : 'asked') : 'unreachable'
    const detail = restoration === 'not applicable' ? 'nothing was changed here' : `put back: ${restoration}`
    return { hostId, name, runId: run.runId, state, detail }
  })
}
