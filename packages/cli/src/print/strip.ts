import type { ProbeStatus, RunProbe } from '@chaos-lite/shared'

/** One column of a probe strip; null where nothing was known. The worst status of its time wins. */
export type StripColumn = ProbeStatus | null

const WORST: Readonly<Record<ProbeStatus, number>> = { up: 1, 'not evaluated': 2, down: 3 }

/** A probe's history as columns of equal time, oldest first. */
export function stripOf(probe: RunProbe, fromMs: number, toMs: number, columns: number): StripColumn[] {
  const spanMs = Math.max(1, toMs - fromMs) / columns
  return Array.from({ length: columns }, (_, index) => {
    const startMs = fromMs + index * spanMs
    return worstBetween(probe, startMs, startMs + spanMs)
  })
}

function worstBetween(probe: RunProbe, startMs: number, endMs: number): StripColumn {
  let worst: StripColumn = null
  for (const [index, transition] of probe.transitions.entries()) {
    const nextMs = probe.transitions[index + 1]?.at.highMs ?? probe.endedAt?.highMs ?? Number.POSITIVE_INFINITY
    if (transition.at.highMs >= endMs || nextMs <= startMs) continue
    if (worst === null || WORST[transition.status] > WORST[worst]) worst = transition.status
  }
  return worst
}
