import * as z from 'zod'

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const DURATION = /^(\d{1,7})(ms|s|m|h)$/

/** A duration written out, such as `500ms`, `10s`, `15m` or `2h`: no placeholder. */
export const PlainDuration = z.string().regex(DURATION, 'must be a duration such as 500ms, 10s, 15m or 2h')

/** Milliseconds of a duration such as `15m`; null when the text is no duration. */
export function durationMs(text: string): number | null {
  const match = DURATION.exec(text)
  if (match === null) return null
  return Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? 0)
}

/** A duration as a person would write it: the largest unit that leaves no rest (`90000` is `90s`, `120000` is `2m`). */
export function durationText(ms: number): string {
  for (const unit of ['h', 'm', 's'] as const) {
    const size = UNIT_MS[unit] ?? 1
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return `${ms}ms`
}
