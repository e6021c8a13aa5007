/** A token bucket: `burst` at once, then `perSecond` on average. `nowMs` is monotonic. */
export class Bucket {
  readonly #perSecond: number
  readonly #burst: number
  #left: number
  #lastMs: number

  constructor(limits: { perSecond: number; burst: number }, nowMs = performance.now()) {
    this.#perSecond = limits.perSecond
    this.#burst = limits.burst
    this.#left = limits.burst
    this.#lastMs = nowMs
  }

  /** Takes one; false when there is none left. */
  take(nowMs = performance.now()): boolean {
    this.#fill(nowMs)
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }

  /** Takes that much, on credit where it must be; see `debtMs`. */
  spend(amount: number, nowMs = performance.now()): void {
    this.#fill(nowMs)
    this.#left -= amount
  }

  /** How long until what was spent on credit is paid back; 0 when nothing is owed. */
  debtMs(nowMs = performance.now()): number {
    this.#fill(nowMs)
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / this.#perSecond) * 1000)
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#lastMs) * this.#perSecond) / 1000)
    this.#lastMs = nowMs
  }
}
