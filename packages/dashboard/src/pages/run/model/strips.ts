import { midOf, type Run, type RunProbe, type Transition } from '@chaos-lite/shared'

/** What one piece of a probe's strip shows. `unwatched`: nobody looked, or nobody can say. */
export type StripStatus = 'up' | 'down' | 'not evaluated' | 'unwatched'

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

function pieceOf(transition: Transition, toMs: number, open: boolean): StripPiece {
  const fromMs = transition.restarted ? transition.at.highMs : midOf(transition.at)
  const { status, message } = transition
  return { status, fromMs, toMs: Math.max(fromMs, toMs), open, message }
}

function gapBefore(transition: Transition): StripPiece[] {
  if (!transition.restarted) return []
  const { lowMs, highMs } = transition.at
  return [{ status: 'unwatched', fromMs: lowMs, toMs: highMs, open: false, message: 'The agent was started anew.' }]
}

/** The strip of one probe on one host up to `nowMs`, oldest piece first. */
export function stripOf(run: Run, probe: RunProbe, nowMs: number): ProbeStrip {
  const silentMs = silentSince(run, probe.hostId)
  const endMs = probe.endedAt === null ? (run.endedMs ?? silentMs ?? nowMs) : midOf(probe.endedAt)
  const open = probe.endedAt === null && run.endedMs === null
  const pieces = probe.transitions.flatMap((transition, n) => {
    const next = probe.transitions[n + 1]
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
