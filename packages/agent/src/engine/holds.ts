import type { RecordHead } from '../journal/index.ts'
import { atDeadline, type DeadlineClock } from '../wait/index.ts'

/** A revert that could not even begin (the lock was busy) is asked for again after this time. */
const AGAIN_MS = 5_000

/** What ends failures at their time. Where `onEnd` rejects, the rollback could not begin, and is asked for again. */
export interface HoldsDeps {
  readonly clock: DeadlineClock
  onEnd(recordId: string): Promise<unknown>
  warn(message: string, cause: unknown): void
}

/** The timers of the failures that this process started: each ends its hold, by elapsed time or by wall clock. */
export class Holds {
  readonly #deps: HoldsDeps
  readonly #cancels = new Map<string, () => void>()

  constructor(deps: HoldsDeps) {
    this.#deps = deps
  }

  get any(): boolean {
    return this.#cancels.size > 0
  }

  /** Begins the hold of a record that is injected now. */
  start(head: RecordHead): void {
    this.#arm(head.recordId, head.holdMs)
  }

  #arm(recordId: string, forMs: number): void {
    const { clock } = this.#deps
    const due = { monoMs: clock.monoMs() + forMs, wallMs: clock.wallMs() + forMs }
    const onDue = () => {
      this.#cancels.delete(recordId)
      this.#deps.onEnd(recordId).catch((thrown) => {
        this.#deps.warn(`the hold of record ${recordId} ended, but rolling back could not begin`, thrown)
        this.#arm(recordId, AGAIN_MS)
      })
    }
    this.stop(recordId)
    this.#cancels.set(recordId, atDeadline(clock, due, onDue))
  }

  stop(recordId: string): void {
    this.#cancels.get(recordId)?.()
    this.#cancels.delete(recordId)
  }

  /** Ends the timers of records that another process rolled back meanwhile. */
  keepOnly(open: readonly string[]): void {
    for (const recordId of [...this.#cancels.keys()]) if (!open.includes(recordId)) this.stop(recordId)
  }

  stopAll(): void {
    this.keepOnly([])
  }
}
