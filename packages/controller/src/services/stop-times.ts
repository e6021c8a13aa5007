import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { Store } from '../store/index.ts'

const AGAIN_MS = 1_000

/**
 * When everything of a client was last stopped. Known at once, whatever the disk does, because rolling back waits for
 * nothing; stored as soon as there is room, because a restart of the controller must not make anybody forget a host.
 */
export class StopTimes {
  readonly #stops: Store['stops']
  readonly #log: Logger
  readonly #known = new Map<Ulid, number>()
  readonly #unsaved = new Map<Ulid, number>()
  #again: NodeJS.Timeout | null = null

  constructor(stops: Store['stops'], log: Logger) {
    this.#stops = stops
    this.#log = log
  }

  /** Waits for no disk. */
  note(clientId: Ulid, stoppedMs: number): void {
    this.#known.set(clientId, stoppedMs)
    this.#unsaved.set(clientId, stoppedMs)
    void this.#save()
  }

  /** Null: never. */
  async of(clientId: Ulid): Promise<number | null> {
    const known = this.#known.get(clientId)
    if (known !== undefined) return known
    const stored = await this.#stops.ofClient(clientId)
    if (stored !== null && !this.#known.has(clientId)) this.#known.set(clientId, stored)
    return this.#known.get(clientId) ?? null
  }

  close(): void {
    if (this.#again !== null) clearTimeout(this.#again)
    this.#again = null
  }

  async #save(): Promise<void> {
    for (const [clientId, stoppedMs] of [...this.#unsaved]) {
      try {
        await this.#stops.put(clientId, stoppedMs)
        if (this.#unsaved.get(clientId) === stoppedMs) this.#unsaved.delete(clientId)
      } catch (error) {
        this.#log.error({ err: error, clientId }, 'when everything was stopped could not be stored')
        // What trying again cannot help.
        if (!(error instanceof ChaosError && error.code === 'storage-full')) {
          this.#unsaved.delete(clientId)
          continue
        }
        this.#again ??= setTimeout(() => {
          this.#again = null
          void this.#save()
        }, AGAIN_MS).unref()
      }
    }
  }
}
