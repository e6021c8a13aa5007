/** How long to wait before something is tried again. */
export interface BackOff {
  /** Before the second attempt. */
  readonly firstMs: number
  /** Never longer. */
  readonly mostMs: number
  /** What chance leaves of a pause at the least, from 0 to 1; 1 (the default): chance has no part. */
  readonly leastShare?: number
}

/** More doublings than any pause needs, and few enough to stay exact. */
const MOST_DOUBLINGS = 30

/**
 * The pause before the next attempt, in milliseconds: doubled with each failure, bounded, and spread by chance so that
 * many who failed together do not try again together (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
 * @param failures how many attempts failed, from 0
 * @param random between 0 and 1
 */
export function backOffMs(failures: number, backOff: BackOff, random: () => number = Math.random): number {
  const { firstMs, mostMs, leastShare = 1 } = backOff
  const ms = Math.min(mostMs, firstMs * 2 ** Math.min(failures, MOST_DOUBLINGS))
  return leastShare === 1 ? ms : spreadMs(ms, leastShare, random())
}

/** A pause of at most `ms`, of which chance leaves the least share or more. */
export function spreadMs(ms: number, leastShare: number, random: number): number {
  return Math.round(ms * (leastShare + random * (1 - leastShare)))
}
