import type { HostId, Run, StepHost, Ulid } from '@chaos-lite/shared'
import { utcText } from '@chaos-lite/shared'
import type { RunRow, StopAllView } from '@chaos-lite/shared/api'
import type { RunsDeps } from './runs-deps.ts'
import { mayBeChanged } from './sequence/look.ts'

type HostState = StopAllView['hosts'][number]
type State = HostState['state']

/** When everything of a client was stopped. */
export type StoppedAt = (clientId: Ulid) => Promise<number | null>

/** A run that was just being started when everything was stopped may carry a time that is later by this much. */
const JUST_STARTED_MS = 60_000

/**
 * Every host of every run that was under way when everything was stopped, until the last one has confirmed; when nothing
 * was stopped, of every run under way now. A host that cannot be reached stays on the list with what is known.
 */
export async function stopAllView(
  deps: RunsDeps,
  clientIds: readonly Ulid[],
  stoppedAt: StoppedAt,
): Promise<StopAllView> {
  const hosts: HostState[] = []
  const times: number[] = []
  for (const clientId of clientIds) {
    const stoppedMs = await stoppedAt(clientId)
    if (stoppedMs !== null) times.push(stoppedMs)
    const since = stoppedMs === null ? null : { sinceMs: stoppedMs, begunMs: stoppedMs + JUST_STARTED_MS }
    for (const row of await deps.store.runs.concerned(clientId, since)) {
      const run = await deps.book.get(row.runId)
      if (run?.plan != null && wasStopped(run, row, stoppedMs)) hosts.push(...(await hostStates(deps, run)))
    }
  }
  return { stoppedMs: times.length === 0 ? null : Math.max(...times), hosts }
}

/** Runs that were started afterwards were not stopped; one that was just being started may carry a later time. */
function wasStopped(run: Run, row: RunRow, stoppedMs: number | null): boolean {
  return stoppedMs === null || row.startedMs <= stoppedMs || run.aborts.some(({ cause }) => cause === 'stop all')
}

function hostStates(deps: RunsDeps, run: Run): Promise<HostState[]> {
  const hosts = run.plan?.hosts ?? []
  return Promise.all(
    hosts.map(async ({ hostId, name }) => {
      const records = run.steps.flatMap((step) => step.hosts.filter((host) => host.hostId === hostId))
      const state = stateOf(run, records, deps.gateway.isOnline(hostId))
      return { hostId, name, runId: run.runId, state, detail: await detailOf(deps, run, { hostId, records, state }) }
    }),
  )
}

function stateOf(run: Run, records: readonly StepHost[], online: boolean): State {
  if (records.some(mayBeChanged)) return online ? 'putting back' : 'unreachable'
  // Its own word, and bad news: nobody but a person can change that.
  if (records.some(({ restoration }) => restoration === 'stuck' || restoration === 'unknown')) return 'not put back'
  if (records.length > 0 || run.phase === 'ended') return 'confirmed'
  return online ? 'asked' : 'unreachable'
}

/** What a person standing before the screen wants to know of this host. */
async function detailOf(
  { store, gateway, clock }: RunsDeps,
  run: Run,
  { hostId, records, state }: { hostId: HostId; records: readonly StepHost[]; state: State },
): Promise<string> {
  const said: string[] = []
  const changed = records.filter(mayBeChanged)
  for (const { action } of changed) said.push(`${action ?? 'A failure'} may still be in place.`)
  if (!gateway.isOnline(hostId)) said.push(seenText((await store.hosts.byId(hostId))?.lastSeenMs ?? null))
  const untilMs = Math.max(...changed.map(({ revertByWallMs }) => revertByWallMs ?? Number.NEGATIVE_INFINITY))
  if (Number.isFinite(untilMs)) said.push(timerText(untilMs, clock.nowMs()))
  for (const { byHand, restoration } of records) {
    if (restoration === 'stuck') said.push(byHand ?? 'It could not be rolled back: see UNDO.txt on the host.')
    if (restoration === 'unknown') said.push('Whether it was rolled back is not known: look at the host.')
  }
  if (state === 'confirmed') said.push(confirmedText(run, hostId, records))
  return said.join(' ')
}

function confirmedText(run: Run, hostId: HostId, records: readonly StepHost[]): string {
  const restoration = run.hosts.find((host) => host.hostId === hostId)?.restoration ?? 'not applicable'
  if (records.length === 0 || restoration === 'not applicable') return 'Nothing was changed here.'
  return `Rolled back: ${restoration}.`
}

/** A time that is over promises nothing any more. */
function timerText(untilMs: number, nowMs: number): string {
  if (untilMs > nowMs) return `Its safety timer rolls it back by ${utcText(untilMs)} at the latest.`
  return `Its safety timer was due by ${utcText(untilMs)}; the host has not reported since what came of it.`
}

function seenText(ms: number | null): string {
  return ms === null ? 'It has no link.' : `It has no link; last seen ${utcText(ms)}.`
}
