const FIRST_MS = 500
const MOST_MS = 15_000

/** How long to wait before the n-th attempt (from 0): doubling, bounded, spread so that not all browsers come at once. */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(most * (0.5 + random() / 2))
}
