import { isStorageError } from './storage-error.ts'

/** Can the database be written? As the last attempt went. */
export class StorageState {
  #failing: string | null = null
  #failures = 0

  /** SQLite's code of the last failure; null when the last write succeeded. */
  get failing(): string | null {
    return this.#failing
  }

  /** How often there was trouble so far. */
  get failures(): number {
    return this.#failures
  }

  succeeded(): void {
    this.#failing = null
  }

  /** Takes note of trouble with the disk; of other errors it does not. */
  failed(error: unknown): void {
    if (!isStorageError(error)) return
    this.#failing = error.code
    this.#failures += 1
  }
}
