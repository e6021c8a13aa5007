/** The time as the pages show it. */
export interface Clock {
  /** The controller's time now; while nothing is heard of it, that of what was heard last. */
  readonly nowMs: number
  /** Since when nothing is known, on the controller's time line; null while all is heard. */
  readonly notKnownSinceMs: number | null
}

/** The controller sends the time every 5 s; a page that missed it twice knows nothing any more. */
const QUIET_MS = 12_000

/**
 * The controller's time, which ends with what was heard last: everything that grows with the time (bars, counters) stops
 * there while the stream is lost, because nobody knows what has happened since.
 */
export class LiveClock {
  #aheadMs = 0
  #heardMs: number | null = null

  /** Something came; `controllerMs` is the controller's own time, where it sent it. */
  hear(hereMs: number, controllerMs: number | null = null): void {
    if (controllerMs !== null) this.#aheadMs = controllerMs - hereMs
    this.#heardMs = hereMs + this.#aheadMs
  }

  at(hereMs: number, open: boolean): Clock {
    const nowMs = hereMs + this.#aheadMs
    const heardMs = this.#heardMs
    if (heardMs === null || (open && nowMs - heardMs <= QUIET_MS)) return { nowMs, notKnownSinceMs: null }
    return { nowMs: heardMs, notKnownSinceMs: heardMs }
  }
}
