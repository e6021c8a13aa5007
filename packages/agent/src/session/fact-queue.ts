import { type AgentEvent, ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Reporter } from '../reporter.ts'

const MOST_WAITING = 5_000
const AGAIN_AFTER_MS = 1_000

/**
 * Reports facts in the order they were given, and tries again when the disk is full: what a probe saw cannot be
 * refused beforehand, so it waits in memory until there is room.
 */
export class FactQueue {
  readonly #reporter: Reporter
  readonly #warn: (message: string, cause: unknown) => void
  readonly #waiting: AgentEvent[] = []
  #work: Promise<void> | null = null
  #closing = false

  constructor(reporter: Reporter, warn: (message: string, cause: unknown) => void) {
    this.#reporter = reporter
    this.#warn = warn
  }

  add(event: AgentEvent): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#warn(`${MOST_WAITING} facts wait for room on the disk; one of type ${event.type} is lost`, null)
      return
    }
    this.#waiting.push(event)
    this.#work ??= this.#run()
  }

  /** Resolves when everything added so far was reported. */
  async flushed(): Promise<void> {
    await this.#work
  }

  /** Gives what waits one last try. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#work
  }

  async #run(): Promise<void> {
    for (let event = this.#waiting[0]; event !== undefined; event = this.#waiting[0]) {
      const done = await this.#report(event)
      if (done) this.#waiting.shift()
      else await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS))
    }
    this.#work = null
  }

  async #report(event: AgentEvent): Promise<boolean> {
    try {
      await this.#reporter.report(event)
      return true
    } catch (thrown) {
      const later = thrown instanceof ChaosError && thrown.code === 'storage-full' && !this.#closing
      if (!later) this.#warn(`a fact of type ${event.type} could not be stored: ${sentenceOf(thrown)}`, thrown)
      return !later
    }
  }
}
