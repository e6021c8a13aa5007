/** Clocks of two machines differ by less than this, or one of them is wrong. */
const CLOCKS_DIFFER_MS = 10 * 60_000

/** How old something of that time is; null when it lies in the future, because a wrong clock must not make it fresh. */
export function ageOf(thenMs: number, nowMs: number): number | null {
  return thenMs > nowMs + CLOCKS_DIFFER_MS ? null : Math.max(0, Math.round(nowMs - thenMs))
}
