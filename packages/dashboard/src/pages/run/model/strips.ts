import { midOf, type Run, type RunProbe, type Transition } from '@chaos-lite/shared'

/**
 * What one piece of a probe's strip shows. `unwatched`: nobody looked, or nobody can say. `changing`: between the last
 * sample that saw the old state and the first that saw the new. `seen` and `not seen`: of a probe that is there only to
 * confirm a failure, so that neither is good or bad. `as before`: of a probe that said no already before any failure.
 */
export type StripStatus = 'up' | 'down' | 'as before' | 'not evaluated' | 'unwatched' | 'changing' | 'seen' | 'not seen'

/** A stretch of time in which a probe had one status, between instants in UTC ms. */
export interface StripPiece {
  readonly status: StripStatus
  readonly fromMs: number
  readonly toMs: number
  /** Still going on: it grows with the time. */
  readonly open: boolean
  /** What the probe said; null: nothing. */
  readonly message: string | null
}

/** One probe on one host over the whole run. `status` is the last one. */
export interface ProbeStrip {
  readonly probeId: string
  readonly hostId: string
  readonly role: RunProbe['role']
  readonly status: StripStatus
  readonly pieces: readonly StripPiece[]
}

/** A host without a link can say nothing about the time since. */
function silentSince(run: Run, hostId: string): number | null {
  const host = run.hosts.find((one) => one.hostId === hostId)
  return host?.online === false && run.phase !== 'ended' ? host.sinceMs : null
}

/** What this probe must say for a failure to be confirmed; null for a probe with a meaning of its own. */
function confirmsBy(run: Run, probe: RunProbe): 'up' | 'down' | null {
  if (probe.role !== 'effect') return null
  for (const step of run.plan?.steps ?? []) {
    if (step.kind === 'inject' && step.effect.probeId === probe.probeId) return step.effect.expect
  }
  return null
}

function shownAs(status: Transition['status'], confirms: 'up' | 'down' | null): StripStatus {
  if (confirms === null || status === 'not evaluated') return status
  return status === confirms ? 'seen' : 'not seen'
}

/** The time in which the change lies. An agent that was started anew did not watch meanwhile. */
function gapBefore({ restarted, at }: Transition, first: boolean): StripPiece[] {
  if (first || at.highMs <= at.lowMs) return []
  const message = restarted ? 'The agent was started anew.' : 'Changed between two samples.'
  return [{ status: restarted ? 'unwatched' : 'changing', fromMs: at.lowMs, toMs: at.highMs, open: false, message }]
}

/** The strip of one probe on one host up to `nowMs`, oldest piece first. */
export function stripOf(run: Run, probe: RunProbe, nowMs: number): ProbeStrip {
  const silentMs = silentSince(run, probe.hostId)
  const confirms = confirmsBy(run, probe)
  const going = probe.endedAt === null && run.endedMs === null
  const endMs = probe.endedAt === null ? (run.endedMs ?? silentMs ?? nowMs) : midOf(probe.endedAt)
  const pieces = probe.transitions.flatMap((transition, n): StripPiece[] => {
    const next = probe.transitions[n + 1]
    const fromMs = n === 0 ? midOf(transition.at) : transition.at.highMs
    const piece = {
      status: shownAs(transition.status, confirms),
      fromMs,
      toMs: Math.max(fromMs, next === undefined ? endMs : next.at.lowMs),
      open: next === undefined && going && silentMs === null,
      message: transition.message,
    }
    return [...gapBefore(transition, n === 0), piece]
  })
  if (going && silentMs !== null && pieces.length > 0) {
    pieces.push({ status: 'unwatched', fromMs: silentMs, toMs: nowMs, open: true, message: 'The host has no link.' })
  }
  const { probeId, hostId, role } = probe
  return { probeId, hostId, role, status: pieces.at(-1)?.status ?? 'unwatched', pieces }
}

/** How long the probe was seen down, in all: between samples counts for half, as in a measured value. */
export function downMsOf({ pieces }: Pick<ProbeStrip, 'pieces'>): number {
  return pieces.reduce((sum, one, n) => {
    const long = one.toMs - one.fromMs
    if (one.status === 'down') return sum + long
    const beside = pieces[n - 1]?.status === 'down' || pieces[n + 1]?.status === 'down'
    return one.status === 'changing' && beside ? sum + long / 2 : sum
  }, 0)
}
