import { midOf, type Run, type RunProbe, type Transition } from '@chaos-lite/shared'

/**
 * What one piece of a probe's strip shows. `unwatched`: nobody looked, or nobody can say. `seen` and `not seen`: of a probe
 * that is there only to confirm a failure, so that neither is good or bad.
 */
export type StripStatus = 'up' | 'down' | 'not evaluated' | 'unwatched' | 'seen' | 'not seen'

export interface StripPiece {
  readonly status: StripStatus
  readonly fromMs: number
  readonly toMs: number
  /** Still going on: it grows with the time. */
  readonly open: boolean
  readonly message: string | null
}

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

type Shown = Omit<Transition, 'status'> & { readonly status: StripStatus }

function pieceOf(transition: Shown, toMs: number, open: boolean): StripPiece {
  const fromMs = transition.restarted ? transition.at.highMs : midOf(transition.at)
  const { status, message } = transition
  return { status, fromMs, toMs: Math.max(fromMs, toMs), open, message }
}

function gapBefore(transition: Shown): StripPiece[] {
  if (!transition.restarted) return []
  const { lowMs, highMs } = transition.at
  return [{ status: 'unwatched', fromMs: lowMs, toMs: highMs, open: false, message: 'The agent was started anew.' }]
}

/** The strip of one probe on one host up to `nowMs`, oldest piece first. */
export function stripOf(run: Run, probe: RunProbe, nowMs: number): ProbeStrip {
  const silentMs = silentSince(run, probe.hostId)
  const endMs = probe.endedAt === null ? (run.endedMs ?? silentMs ?? nowMs) : midOf(probe.endedAt)
  const open = probe.endedAt === null && run.endedMs === null
  const confirms = confirmsBy(run, probe)
  const shown = probe.transitions.map((one): Shown => ({ ...one, status: shownAs(one.status, confirms) }))
  const pieces = shown.flatMap((transition, n) => {
    const next = shown[n + 1]
    if (next === undefined) return [...gapBefore(transition), pieceOf(transition, endMs, open && silentMs === null)]
    const toMs = next.restarted ? next.at.lowMs : midOf(next.at)
    return [...gapBefore(transition), pieceOf(transition, toMs, false)]
  })
  if (open && silentMs !== null && pieces.length > 0) {
    pieces.push({ status: 'unwatched', fromMs: silentMs, toMs: nowMs, open: true, message: 'The host has no link.' })
  }
  const { probeId, hostId, role } = probe
  return { probeId, hostId, role, status: pieces.at(-1)?.status ?? 'unwatched', pieces }
}

/** How long the probe was seen down, in all. */
export function downMsOf(strip: ProbeStrip): number {
  return strip.pieces.reduce((sum, one) => sum + (one.status === 'down' ? one.toMs - one.fromMs : 0), 0)
}
