import * as z from 'zod'

/** An instant known only to lie between two readings of one clock. An exact reading has `lowMs === highMs`. */
export const Instant = z.object({ lowMs: z.number(), highMs: z.number() })
export type Instant = z.infer<typeof Instant>

/**
 * A duration as value ± U. U is the expanded uncertainty with coverage factor k = 2, as on a calibration certificate
 * (JCGM 100:2008, 6.2 and 4.3.7); `lowMs`..`highMs` is the interval that bounds the true value for certain.
 */
export const Measured = z.object({ valueMs: z.int(), uMs: z.int().min(0), lowMs: z.int(), highMs: z.int() })
export type Measured = z.infer<typeof Measured>

/** Clocks are read in whole milliseconds; a reading may be off by this much. */
export const READING_MS = 1

/** An instant read directly, with the resolution of the reading. */
export function exactly(ms: number): Instant {
  return { lowMs: ms - READING_MS / 2, highMs: ms + READING_MS / 2 }
}

/** A change noticed by sampling: after the last sample that still saw the old state, before the first that saw the new. */
export function between(lastBeforeMs: number, firstAfterMs: number): Instant {
  return { lowMs: Math.min(lastBeforeMs, firstAfterMs), highMs: Math.max(lastBeforeMs, firstAfterMs) }
}

/** Moves an instant to another clock whose offset is known within ± `boundMs`. */
export function shifted(instant: Instant, offsetMs: number, boundMs: number): Instant {
  return { lowMs: instant.lowMs + offsetMs - boundMs, highMs: instant.highMs + offsetMs + boundMs }
}

/** A stretch of time between two instants of one clock. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

const SAFE = Number.MAX_SAFE_INTEGER

function whole(ms: number): number {
  return Math.max(-SAFE, Math.min(SAFE, ms)) + 0
}

/**
 * The sum of several stretches. Each end is a rectangular distribution over its interval (JCGM 100:2008, 4.3.7:
 * u² = a²/3 for half-width a); the ends are independent; U = 2u, never wider than the certain bound.
 */
export function total(spans: readonly Span[]): Measured {
  let lowMs = 0
  let highMs = 0
  let variance = 0
  for (const { from, to } of spans) {
    lowMs += to.lowMs - from.highMs
    highMs += to.highMs - from.lowMs
    variance += (((from.highMs - from.lowMs) / 2) ** 2 + ((to.highMs - to.lowMs) / 2) ** 2) / 3
  }
  const boundMs = (highMs - lowMs) / 2
  return {
    valueMs: whole(Math.round((lowMs + highMs) / 2)),
    uMs: whole(Math.ceil(Math.min(2 * Math.sqrt(variance), boundMs) + 0.5)),
    lowMs: whole(Math.floor(lowMs)),
    highMs: whole(Math.ceil(highMs)),
  }
}

/** The time from one instant to another. */
export function elapsed(from: Instant, to: Instant): Measured {
  return total([{ from, to }])
}

/** The same duration, known not to be negative because its order is known. */
export function notNegative(measured: Measured): Measured {
  return { ...measured, valueMs: Math.max(0, measured.valueMs), lowMs: Math.max(0, measured.lowMs) }
}

/** Something that was not seen at all, looked for every `everyMs`: it may have happened between two samples. */
export function unseen(everyMs: number): Measured {
  return { valueMs: 0, uMs: everyMs, lowMs: 0, highMs: everyMs }
}
