import { formatDuration, hostName, midOf, type Run } from '@chaos-lite/shared'
import { downMsOf, type ProbeStrip, type StripStatus, stripOf } from './strips.ts'

/** `changed`, `as before`: of a probe that said no already before any failure, so that "broken" would be wrong. */
export type AlsoWatchedState = 'broken' | 'was broken' | 'fine' | 'changed' | 'as before' | 'not known'

/** A probe without a verdict (`watch`) on one host, and what it showed while the failure was in place. */
export interface AlsoWatched {
  readonly key: string
  readonly name: string
  readonly host: string
  readonly state: AlsoWatchedState
  readonly sentence: string
}

function firstFailureMs(run: Run): number | null {
  const begun = run.steps.flatMap((step) => step.hosts.flatMap((row) => row.begun ?? row.injected ?? []))
  return begun.length === 0 ? null : Math.min(...begun.map(midOf))
}

/** Did the probe say no before anything was done? */
function wasDownBefore(strip: ProbeStrip, failureMs: number | null): boolean {
  const settled = strip.pieces.filter((one) => one.status !== 'changing')
  const before = settled.filter((one) => failureMs === null || one.fromMs < failureMs).at(-1)
  return before?.status === 'down'
}

/**
 * A probe that need not work and said no before any failure, as one that asks whether a name points at the standby: its no
 * is the normal state, and nothing to be shown as broken.
 */
export function calmed(run: Run, strip: ProbeStrip): ProbeStrip {
  const isNormal = strip.pieces[0]?.status === 'down' && wasDownBefore(strip, firstFailureMs(run))
  if (strip.role === 'steady' || !isNormal) return strip
  const calm = (status: StripStatus): StripStatus => (status === 'down' ? 'as before' : status)
  const pieces = strip.pieces.map((piece) => ({ ...piece, status: calm(piece.status) }))
  return { ...strip, status: calm(strip.status), pieces }
}

function stateOf(strip: ProbeStrip, downBefore: boolean): AlsoWatchedState {
  const seen = (status: ProbeStrip['status']) => strip.pieces.some((one) => one.status === status)
  if (downBefore) return strip.status === 'down' ? 'as before' : 'changed'
  if (strip.status === 'down') return 'broken'
  if (seen('down')) return 'was broken'
  return seen('up') ? 'fine' : 'not known'
}

function sentenceOf(strip: ProbeStrip, state: AlsoWatchedState, live: boolean): string {
  const down = formatDuration(downMsOf(strip))
  switch (state) {
    case 'broken':
      return live ? `Failing, for ${down} so far` : `Failing when last seen; ${down} in all`
    case 'was broken':
      return `Failed for ${down}; passing again`
    case 'fine':
      return live ? 'Passing' : 'Passing all the time'
    case 'changed':
      return 'It said no before; it says yes now'
    case 'as before':
      return strip.pieces.some((one) => one.status === 'up')
        ? 'It said no before the failure, yes for a while, and no again'
        : 'It said no already before the failure, and did not change'
    case 'not known':
      return 'Could not be checked'
  }
}

const ORDER: readonly AlsoWatchedState[] = ['broken', 'was broken', 'not known', 'changed', 'as before', 'fine']

/** The probes that give no verdict: what else broke, worst first. */
export function alsoWatchedOf(run: Run, nowMs: number): AlsoWatched[] {
  const failureMs = firstFailureMs(run)
  return run.probes
    .filter((probe) => probe.role === 'watch')
    .map((probe): AlsoWatched => {
      const strip = stripOf(run, probe, nowMs)
      const state = stateOf(strip, wasDownBefore(strip, failureMs))
      const { probeId, hostId } = probe
      const sentence = sentenceOf(strip, state, run.phase !== 'ended')
      return { key: `${probeId} ${hostId}`, name: probeId, host: hostName(run, hostId), state, sentence }
    })
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state))
}
