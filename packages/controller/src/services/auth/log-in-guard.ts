import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Clock } from '../clock.ts'

/** Failures that cost nothing; people mistype. */
const FREE = 5
const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 15 * 60_000
/** After this long without a failure, all is forgotten. */
const FORGET_MS = 60 * 60_000
const MAX_KEYS = 10_000

interface Failures {
  count: number
  lastMs: number
  untilMs: number
}

/**
 * Slows guessing down: after five failures each further one doubles the wait. Counted per address and per pair of user
 * and address, so that a stranger cannot lock the administrator out from elsewhere.
 */
export class LogInGuard {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One attempt of an address after the other: of many at one moment, each must know how the one before it went. */
  inTurn<T>(address: string, attempt: () => Promise<T>): Promise<T> {
    const key = networkOf(address)
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(attempt, attempt)
    this.#turns.set(key, turn)
    const over = () => {
      if (this.#turns.get(key) === turn) this.#turns.delete(key)
    }
    turn.then(over, over)
    return turn
  }

  /** Throws `too-many` while this address, or this user from this address, must wait. */
  check(user: string, address: string): void {
    const nowMs = this.#clock.nowMs()
    for (const [key] of this.#keys(user, address)) {
      const found = this.#failures.get(key)
      if (!found || found.untilMs <= nowMs) continue
      const seconds = Math.ceil((found.untilMs - nowMs) / 1000)
      throw new ChaosError('too-many', `Too many wrong passwords; wait ${seconds} s before trying again.`)
    }
  }

  failed(user: string, address: string): void {
    const nowMs = this.#clock.nowMs()
    for (const [key, free] of this.#keys(user, address)) {
      const before = this.#failures.get(key)
      const count = before && nowMs - before.lastMs < FORGET_MS ? before.count + 1 : 1
      const waitMs = count < free ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (count - free))
      this.#failures.delete(key)
      this.#failures.set(key, { count, lastMs: nowMs, untilMs: nowMs + waitMs })
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MAX_KEYS) break
      this.#failures.delete(key)
    }
  }

  succeeded(user: string, address: string): void {
    for (const [key] of this.#keys(user, address)) this.#failures.delete(key)
  }

  /** One address may fail four times as often as one user from it: offices share addresses. */
  #keys(user: string, address: string): readonly (readonly [key: string, free: number])[] {
    const from = networkOf(address)
    return [
      [`user ${from} ${user}`, FREE],
      [`address ${from}`, 4 * FREE],
    ]
  }
}

/** Whoever has one address of IPv6 has all of its /64 (RFC 4291, 2.5.4): they count as one. */
export function networkOf(address: string): string {
  const bare = address.replace(/%.*$/, '')
  if (isIP(bare) !== 6) return bare
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  // The URL parser knows every spelling, and answers with hexadecimal groups and at most one `::`.
  const [head = '', tail] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::')
  const front = head.split(':').filter(Boolean)
  const back = (tail ?? '').split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`
}
