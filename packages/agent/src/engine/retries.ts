import { durationText } from '@chaos-lite/shared'
import type { RevertOutcome } from './engine.ts'

/** What could not be rolled back is tried again so long after each failure, then only by hand or at the next start. */
export const RETRY_AFTER_MS: readonly number[] = [30_000, 120_000, 600_000]

/** How a rollback that has failed is tried once more; see `RETRY_AFTER_MS`. */
export interface RetriesDeps {
  /** Tries once more. Its outcome comes back through `note`. */
  again(recordId: string): Promise<unknown>
  warn(message: string, cause: unknown): void
}

interface Climb {
  /** How many steps of the ladder were used up. */
  rung: number
  timer: NodeJS.Timeout | null
}

/** The ladder of one process that lives long enough: a cause that passes (a full disk) needs no person. */
export class Retries {
  readonly #deps: RetriesDeps
  readonly #climbs = new Map<string, Climb>()
  #stopped = false

  constructor(deps: RetriesDeps) {
    this.#deps = deps
  }

  /** Called with every outcome. */
  note({ recordId, action, restoration }: Pick<RevertOutcome, 'recordId' | 'action' | 'restoration'>): void {
    if (restoration === 'identical' || restoration === 'ours undone') {
      this.#forget(recordId)
      return
    }
    const climb = this.#climbs.get(recordId) ?? { rung: 0, timer: null }
    if (this.#stopped || climb.timer !== null) return
    const afterMs = RETRY_AFTER_MS[climb.rung]
    if (afterMs === undefined) {
      const what = `${action} (record ${recordId}) is not tried again by itself`
      this.#deps.warn(`${what}: a person must act, or the agent be started again`, restoration)
      return
    }
    this.#deps.warn(
      `${action} (record ${recordId}) is not rolled back; it is tried again in ${durationText(afterMs)}`,
      restoration,
    )
    climb.rung += 1
    climb.timer = setTimeout(() => void this.#again(recordId, climb), afterMs)
    this.#climbs.set(recordId, climb)
  }

  stopAll(): void {
    this.#stopped = true
    for (const recordId of [...this.#climbs.keys()]) this.#forget(recordId)
  }

  async #again(recordId: string, climb: Climb): Promise<void> {
    climb.timer = null
    try {
      await this.#deps.again(recordId)
    } catch (thrown) {
      this.#deps.warn(`record ${recordId} could not be tried again`, thrown)
    }
  }

  #forget(recordId: string): void {
    const timer = this.#climbs.get(recordId)?.timer ?? null
    if (timer !== null) clearTimeout(timer)
    this.#climbs.delete(recordId)
  }
}
