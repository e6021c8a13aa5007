import { ChaosError } from '@chaos-lite/shared'
import type { Clock } from '../../time/index.ts'

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
 * Slows guessing down: after five failures each further one doubles the wait. Counted per network and per pair of user
 * and network, so that a stranger cannot lock the administrator out from elsewhere.
 */
export class LogInGuard {
  readonly #clock: Clock
  readonly #failures = new Map<string, Failures>()
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One attempt of a network after the other: of many at one moment, each must know how the one before it went. */
  inTurn<T>(network: string, attempt: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(network) ?? Promise.resolve()).then(attempt, attempt)
    this.#turns.set(network, turn)
    const over = () => {
      if (this.#turns.get(network) === turn) this.#turns.delete(network)
    }
    turn.then(over, over)
    return turn
  }

  /** Throws `too-many` while this network, or this user from this network, must wait. */
  check(user: string, network: string): void {
    const nowMs = this.#clock.nowMs()
    for (const [key] of this.#keys(user, network)) {
      const found = this.#failures.get(key)
      if (!found || found.untilMs <= nowMs) continue
      const seconds = Math.ceil((found.untilMs - nowMs) / 1000)
      throw new ChaosError('too-many', `Too many wrong passwords; wait ${seconds} s before trying again.`)
    }
  }

  failed(user: string, network: string): void {
    const nowMs = this.#clock.nowMs()
    for (const [key, free] of this.#keys(user, network)) {
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

  succeeded(user: string, network: string): void {
    for (const [key] of this.#keys(user, network)) this.#failures.delete(key)
  }

  /** One network may fail four times as often as one user from it: offices share addresses. */
  #keys(user: string, network: string): readonly (readonly [key: string, free: number])[] {
    return [
      [`user ${network} ${user}`, FREE],
      [`network ${network}`, 4 * FREE],
    ]
  }
}
