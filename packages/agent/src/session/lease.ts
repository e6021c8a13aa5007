import type { HostClock } from '../host/index.ts'

/** The longest time a lease is given at once, whatever a frame says. */
const LONGEST_MS = 120_000
/** Questions that wait for an answer: far more than are asked while a lease lasts. */
const MOST_ASKED = 100

/** Numbers of questions: they rise from one lease to the next, so that no answer fits another one's question. */
export interface AskNumbers {
  last: number
}

interface LeaseOptions {
  readonly clock: HostClock
  /** How long it lasts if nothing is ever granted. */
  readonly ttlMs: number
  readonly numbers: AskNumbers
  readonly onLost: () => void
}

/** What became of a grant. `never asked`: nothing here asked for it, or it was granted before. */
export type Renewal = 'renewed' | 'too late' | 'never asked'

/**
 * The controller's permission to go on holding: lost when it is not renewed in time, by the monotonic clock. It is asked
 * for, and each grant counts from its question: whoever holds a grant back can only make it shorter.
 */
export class Lease {
  readonly #clock: HostClock
  readonly #onLost: () => void
  readonly #numbers: AskNumbers
  /** The first question of this lease; those before it were of another one. */
  readonly #from: number
  /** When each question was asked that has no answer yet, oldest first. */
  readonly #asked = new Map<number, number>()
  #untilMonoMs: number
  #timer: NodeJS.Timeout | undefined
  #over = false

  constructor({ clock, ttlMs, numbers, onLost }: LeaseOptions) {
    this.#clock = clock
    this.#onLost = onLost
    this.#numbers = numbers
    this.#from = numbers.last + 1
    this.#untilMonoMs = clock.monoMs() + Math.min(ttlMs, LONGEST_MS)
    this.#arm()
  }

  /** The number of a question that is sent now; null when it is too late to ask. */
  ask(): number | null {
    if (this.#late()) return null
    this.#numbers.last += 1
    this.#asked.set(this.#numbers.last, this.#clock.monoMs())
    const [oldest] = this.#asked.keys()
    if (this.#asked.size > MOST_ASKED && oldest !== undefined) this.#asked.delete(oldest)
    return this.#numbers.last
  }

  /** The answer to a question came. Each is good once, and none after a later one; lost is lost. */
  renew(ask: number, ttlMs: number): Renewal {
    if (ask < this.#from) return 'too late'
    const askedMs = this.#asked.get(ask)
    if (askedMs === undefined) return 'never asked'
    for (const number of this.#asked.keys()) if (number <= ask) this.#asked.delete(number)
    if (this.#late()) return 'too late'
    // Never shortened: what was granted before is not taken back by a shorter grant.
    this.#untilMonoMs = Math.max(this.#untilMonoMs, askedMs + Math.min(ttlMs, LONGEST_MS))
    this.#arm()
    return 'renewed'
  }

  /** Ends it without a loss. */
  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
  }

  #late(): boolean {
    return this.#over || this.#clock.monoMs() >= this.#untilMonoMs
  }

  #arm(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#look(), Math.max(1, this.#untilMonoMs - this.#clock.monoMs()))
  }

  #look(): void {
    if (this.#over) return
    if (this.#clock.monoMs() < this.#untilMonoMs) {
      this.#arm()
      return
    }
    this.#over = true
    this.#onLost()
  }
}
