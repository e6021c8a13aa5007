const BURST = 2_000
const PER_SECOND = 500

/** A token bucket: no peer may keep this process busy with frames alone. */
export class FrameBudget {
  #left = BURST
  #atMs = 0

  /** One frame came at this instant: is it still within the budget? */
  take(monoMs: number): boolean {
    this.#left = Math.min(BURST, this.#left + (Math.max(0, monoMs - this.#atMs) / 1000) * PER_SECOND)
    this.#atMs = monoMs
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
