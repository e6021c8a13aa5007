import { ChaosError } from '@chaos-lite/shared'
import { Bucket } from '../limits/index.ts'

/** In milliseconds of computing: so much at once, and a fifth of the time after that. */
const ONE = { perSecond: 200, burst: 20_000 }
/** What reading, writing out and sending costs: 50 MB take a second. */
const BYTES_PER_MS = 50_000
const KEYS_MAX = 10_000

/** Who is charged: a user (`user …`) or an address (`address …`). */
type Key = `${'user' | 'address'} ${string}`

/**
 * What everybody's requests have cost: not how many they were. Who has used up their share is refused what is costly until
 * it is paid back; nobody is ever refused a stop, an abort or an answer for it.
 */
export class Costs {
  readonly #buckets = new Map<Key, Bucket>()

  /** Throws `too-many` while one of these owes. */
  check(keys: readonly Key[], nowMs = performance.now()): void {
    const debtMs = Math.max(0, ...keys.map((key) => this.#buckets.get(key)?.debtMs(nowMs) ?? 0))
    if (debtMs === 0) return
    const seconds = Math.ceil(debtMs / 1000)
    throw new ChaosError(
      'too-many',
      `You have asked for much in the last minutes; wait ${seconds} s before the next long answer.`,
    )
  }

  spend(keys: readonly Key[], { ms = 0, bytes = 0 }: { ms?: number; bytes?: number }, nowMs = performance.now()): void {
    for (const key of keys) this.#bucket(key, nowMs).spend(ms + bytes / BYTES_PER_MS, nowMs)
  }

  #bucket(key: Key, nowMs: number): Bucket {
    const known = this.#buckets.get(key)
    // Those asked last stay.
    if (known !== undefined) this.#buckets.delete(key)
    const bucket = known ?? new Bucket(ONE, nowMs)
    this.#buckets.set(key, bucket)
    const [oldest] = this.#buckets.keys()
    if (this.#buckets.size > KEYS_MAX && oldest !== undefined) this.#buckets.delete(oldest)
    return bucket
  }
}
