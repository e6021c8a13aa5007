import { ChaosError } from '@chaos-lite/shared'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/** Failures that cost nothing; people mistype. */
const FREE = 5
const FIRST_WAIT_S = 2
const LONGEST_WAIT_S = 15 * 60
/** After this long without a failure, all is forgotten. */
const FORGET_S = 60 * 60
const MAX_KEYS = 10_000

/**
 * Slows guessing down: after five failures each further one doubles the wait. Counted per network and per pair of user
 * and network, so that a stranger cannot lock the administrator out from elsewhere.
 *
 * An entry of the library ends by a timer. Only whether it is there is asked, never when it ends by the calendar: a step
 * of the system's clock neither shortens nor prolongs a wait.
 */
export class LogInGuard {
  readonly #failures = new RateLimiterMemory({ points: FREE, duration: FORGET_S })
  readonly #waits = new RateLimiterMemory({ points: 0, duration: LONGEST_WAIT_S })
  /** What is counted, the oldest failure first. The library keeps any number of keys; strangers choose these. */
  readonly #keys = new Set<string>()
  readonly #turns = new Map<string, Promise<unknown>>()

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

  /** Rejects with `too-many` while this network, or this user from this network, must wait. */
  async check(user: string, network: string): Promise<void> {
    for (const [key] of keysOf(user, network)) {
      const wait = await this.#waits.get(key)
      if (wait === null) continue
      const seconds = Math.max(1, Math.ceil(wait.msBeforeNext / 1000))
      throw new ChaosError('too-many', `Too many wrong passwords; wait ${seconds} s before trying again.`)
    }
  }

  /** Counts a wrong password. To be called in turn, like the others. */
  async failed(user: string, network: string): Promise<void> {
    for (const [key, free] of keysOf(user, network)) {
      const before = await this.#failures.get(key)
      const count = (before?.consumedPoints ?? 0) + 1
      // Set, not incremented: the library would forget an hour after the first failure, not after the last.
      await this.#failures.set(key, count, FORGET_S)
      if (count >= free) await this.#waits.block(key, Math.min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (count - free)))
      this.#keys.delete(key)
      this.#keys.add(key)
    }
    for (const key of this.#keys) {
      if (this.#keys.size <= MAX_KEYS) break
      await this.#forget(key)
    }
  }

  /** Forgets the failures of this network and of this user from there. */
  async succeeded(user: string, network: string): Promise<void> {
    for (const [key] of keysOf(user, network)) await this.#forget(key)
  }

  async #forget(key: string): Promise<void> {
    this.#keys.delete(key)
    await this.#failures.delete(key)
    await this.#waits.delete(key)
  }
}

/** One network may fail four times as often as one user from it: offices share addresses. */
function keysOf(user: string, network: string): readonly (readonly [key: string, free: number])[] {
  return [
    [`user ${network} ${user}`, FREE],
    [`network ${network}`, 4 * FREE],
  ]
}
