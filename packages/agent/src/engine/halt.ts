/**
 * A revert must begin within two seconds of the halt file appearing. Polled: inotify instances are scarce on a host.
 */
const POLL_MS = 500

/**
 * Who is asked for the halt file, and what happens when it appears. An `onHalt` that rejects is called again at the
 * next look.
 */
export interface HaltWatchDeps {
  isHalted(): Promise<boolean>
  /** Is anything in place, or on its way? Without that there is nothing to watch for. */
  isBusy(): boolean
  onHalt(): Promise<unknown>
  warn(message: string, cause: unknown): void
}

/** Looks for the halt file while something could be rolled back, and costs nothing otherwise. */
export class HaltWatch {
  readonly #deps: HaltWatchDeps
  #timer: NodeJS.Timeout | null = null

  constructor(deps: HaltWatchDeps) {
    this.#deps = deps
  }

  wake(): void {
    this.#timer ??= setTimeout(() => void this.#look(), POLL_MS)
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #look(): Promise<void> {
    try {
      if (this.#deps.isBusy() && (await this.#deps.isHalted())) await this.#deps.onHalt()
    } catch (thrown) {
      this.#deps.warn('the halt file is there, but rolling back could not begin', thrown)
    }
    const stopped = this.#timer === null
    this.#timer = null
    if (!stopped && this.#deps.isBusy()) this.wake()
  }
}
