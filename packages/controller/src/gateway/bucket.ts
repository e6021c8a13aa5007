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
    this.#left = Math.min(this.#burst, this.#left + ((nowMs - this.#lastMs) * this.#perSecond) / 1000)
    this.#lastMs = nowMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
