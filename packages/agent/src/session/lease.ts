import type { HostClock } from '../host/host.ts'

/** The longest time a lease is given at once, whatever a frame says. */
const LONGEST_MS = 120_000

/** The controller's permission to go on holding: lost when it is not renewed in time, by the monotonic clock. */
export class Lease {
  readonly #clock: HostClock
  readonly #onLost: () => void
  #untilMonoMs: number
  #timer: NodeJS.Timeout | undefined
  #over = false

  constructor(options: { readonly clock: HostClock; readonly ttlMs: number; readonly onLost: () => void }) {
    this.#clock = options.clock
    this.#onLost = options.onLost
    this.#untilMonoMs = 0
    this.renew(options.ttlMs)
  }

  /** Lost is lost: false when it came too late. */
  renew(ttlMs: number): boolean {
    if (this.#over || (this.#untilMonoMs > 0 && this.#clock.monoMs() >= this.#untilMonoMs)) return false
    // Never shortened: a frame that was delayed on its way takes nothing back.
    this.#untilMonoMs = Math.max(this.#untilMonoMs, this.#clock.monoMs() + Math.min(ttlMs, LONGEST_MS))
    this.#arm()
    return true
  }

  /** Ends it without a loss. */
  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
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
