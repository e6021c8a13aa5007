import type { Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import type { Store } from '../store/index.ts'

/** A row that could not be written is tried again this often. */
const AGAIN_MS = 1_000

/** The line of a run in the list of runs. */
export interface KeptRow {
  row: RunRow
  /** The row as the store has it, as text. */
  stored: string
}

/**
 * Writes the rows of runs where they read differently. A row only repeats what the facts say, so that not being able to
 * write one is nobody's failure: it is written again until it is there.
 */
export class RowKeeper {
  readonly #runs: Pick<Store['runs'], 'update'>
  readonly #onSaved: (row: RunRow) => void
  readonly #unsaved = new Map<Ulid, KeptRow>()
  #again: NodeJS.Timeout | null = null

  constructor(runs: Pick<Store['runs'], 'update'>, onSaved: (row: RunRow) => void) {
    this.#runs = runs
    this.#onSaved = onSaved
  }

  /** Is there a row of this run that waits to be written? */
  waits(runId: Ulid): boolean {
    return this.#unsaved.has(runId)
  }

  /** Most facts change nothing in a row: then nothing is written, which would take a sync of the disk. Never rejects. */
  async save(kept: KeptRow): Promise<void> {
    const { row } = kept
    const text = JSON.stringify(row)
    if (text === kept.stored) return
    kept.stored = text
    try {
      await this.#runs.update(row)
      this.#unsaved.delete(row.runId)
      this.#onSaved(row)
    } catch {
      kept.stored = ''
      this.#unsaved.set(row.runId, kept)
      this.#again ??= setTimeout(() => void this.#saveUnsaved(), AGAIN_MS).unref()
    }
  }

  async #saveUnsaved(): Promise<void> {
    this.#again = null
    for (const kept of [...this.#unsaved.values()]) await this.save(kept)
  }
}
