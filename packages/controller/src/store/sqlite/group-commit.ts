import type { Database } from 'better-sqlite3'
import { LogSync } from './log-sync.ts'
import { isStorageError, translated } from './storage-error.ts'
import { StorageState } from './storage-state.ts'

interface Job {
  readonly work: () => unknown
  readonly done: (result: unknown) => void
  readonly failed: (error: unknown) => void
}

/** What a caller learns once the commit is durable, or does not. */
interface Settle {
  readonly done: () => void
  readonly failed: (error: unknown) => void
}

/** Whoever is first in a group waits so many turns of the event loop at the most. */
const MOST_TURNS = 4

/** A transaction begins no further piece after so long: what waits is committed by the next one. */
const LONGEST_MS = 20

/** Takes the database for the time of `work`, so that nobody else's transaction is open. */
type Exclusively = (work: () => void) => Promise<void>

/**
 * Runs small pieces of writing in shared transactions: all that were asked for in one turn of the event loop are
 * committed together. Each caller's promise settles only when the commit is durable (`log`); meanwhile the next group is
 * committed. A piece that fails is undone alone; when the disk is full, the whole group is.
 */
export class GroupCommit {
  readonly #database: Database
  readonly #exclusively: Exclusively
  readonly #undone: () => void
  readonly #state: StorageState
  readonly #log: LogSync
  readonly #syncing = new Set<Promise<void>>()
  /** Undoes what one piece wrote when it throws. */
  readonly #alone: (work: () => unknown) => unknown
  #waiting: Job[] = []
  #flushing: Promise<void> | null = null

  /** @param undone called when a piece was undone: what its author remembers of it is not stored */
  constructor(
    database: Database,
    exclusively: Exclusively,
    undone: () => void = () => undefined,
    state = new StorageState(),
    log = new LogSync(database, { state }),
  ) {
    this.#database = database
    this.#exclusively = exclusively
    this.#undone = undone
    this.#state = state
    this.#log = log
    this.#alone = database.transaction((work) => work())
  }

  run<T>(work: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, done: (result) => resolve(result as T), failed: reject })
      this.#flushing ??= this.#flush()
    })
  }

  /** Resolves when everything asked for so far is committed or refused. */
  async drained(): Promise<void> {
    while (this.#flushing) await this.#flushing
    await Promise.all(this.#syncing)
  }

  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        await this.#gather()
        await this.#exclusively(() => this.#commit())
      }
    } catch (error) {
      for (const job of this.#waiting.splice(0)) job.failed(translated(error))
    } finally {
      this.#flushing = null
    }
  }

  /** Frames that arrived in this turn of the event loop, and in the next ones while more and more come, share a commit. */
  async #gather(): Promise<void> {
    for (let turn = 0, size = 0; turn < MOST_TURNS && this.#waiting.length > size; turn += 1) {
      size = this.#waiting.length
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #commit(): void {
    const jobs = this.#waiting.splice(0)
    const settle: Settle[] = []
    let begun = 0
    try {
      this.#database
        .transaction(() => {
          begun = this.#runSome(jobs, settle)
        })
        .immediate()
    } catch (error) {
      this.#undone()
      this.#state.failed(error)
      for (const job of jobs) job.failed(translated(error))
      return
    }
    this.#log.committed()
    this.#waiting.unshift(...jobs.slice(begun))
    const syncing = this.#log.settled().then(
      () => {
        for (const each of settle) each.done()
      },
      (error: unknown) => {
        for (const each of settle) each.failed(error)
      },
    )
    this.#syncing.add(syncing)
    void syncing.finally(() => this.#syncing.delete(syncing))
  }

  /** Runs as many as there is time for, at least one; says how many. */
  #runSome(jobs: readonly Job[], settle: Settle[]): number {
    const begunMs = performance.now()
    for (const [index, job] of jobs.entries()) {
      if (index > 0 && performance.now() - begunMs > LONGEST_MS) return index
      try {
        const result = this.#alone(job.work)
        settle.push({ done: () => job.done(result), failed: job.failed })
      } catch (error) {
        if (isStorageError(error) || !this.#database.inTransaction) throw error
        this.#undone()
        settle.push({ done: () => job.failed(error), failed: job.failed })
      }
    }
    return jobs.length
  }
}
