import { type AgentEvent, ChaosError } from '@chaos-lite/shared'
import type { Reporter } from '../reporter.ts'

const MOST_WAITING = 1_000
const AGAIN_AFTER_MS = 1_000

interface Waiting {
  readonly event: AgentEvent
  readonly onStored: () => unknown
}

/** Where facts are stored. What is lost because too many wait is logged by `warn`. */
export interface KeptFactsDeps {
  readonly reporter: Reporter
  warn(message: string, cause: unknown): void
}

/**
 * Facts about what was already done. Rolling back never waits for them: what finds no room on the disk is kept here in
 * its order, and written when there is room.
 */
export class KeptFacts {
  readonly #deps: KeptFactsDeps
  readonly #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> | null = null

  constructor(deps: KeptFactsDeps) {
    this.#deps = deps
  }

  /** Returns when the fact is on disk, or waits here. `onStored` is called once it is on disk. Never throws. */
  async add(event: AgentEvent, onStored: () => unknown = () => undefined): Promise<void> {
    const fact = { event, onStored }
    if (this.#waiting.length === 0 && this.#writing === null && (await this.#store(fact)) !== 'later') return
    if (this.#waiting.length >= MOST_WAITING) {
      this.#deps.warn(`${MOST_WAITING} facts wait for room on the disk; one of type ${event.type} is lost`, null)
      return
    }
    this.#waiting.push(fact)
    this.#wake()
  }

  /** Does the end of that record wait here already? */
  hasEndOf(recordId: string): boolean {
    return this.#waiting.some(({ event }) => event.type === 'revert.ended' && event.recordId === recordId)
  }

  /** Gives what waits one last try, before the process ends. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#writing
    if (this.#waiting.length > 0) await this.#write()
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #wake(): void {
    if (this.#timer !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#writing = this.#write().finally(() => {
        this.#writing = null
      })
    }, AGAIN_AFTER_MS)
  }

  async #write(): Promise<void> {
    for (let fact = this.#waiting[0]; fact !== undefined; fact = this.#waiting[0]) {
      if ((await this.#store(fact)) === 'later') {
        this.#wake()
        return
      }
      this.#waiting.shift()
    }
  }

  async #store({ event, onStored }: Waiting): Promise<'done' | 'later'> {
    try {
      await this.#deps.reporter.report(event)
    } catch (thrown) {
      this.#deps.warn(`the fact ${event.type} could not be stored`, thrown)
      return thrown instanceof ChaosError && thrown.code === 'storage-full' ? 'later' : 'done'
    }
    await onStored()
    return 'done'
  }
}
