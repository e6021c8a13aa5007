import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { translated } from './storage-error.ts'
import { StorageState } from './storage-state.ts'

/** A disk that has not synced after so long is taken for one that fails. A busy one takes a second or two. */
const LONGEST_MS = 10_000

/** How commits are made durable. `longestMs`: a sync that takes longer counts as a failing disk; default: 10 s. */
export interface LogSyncOptions {
  readonly state?: StorageState
  /** Makes what was written to this file last; replaced in tests. */
  readonly sync?: (file: string) => Promise<void>
  readonly longestMs?: number
}

/**
 * Makes commits last without holding the event loop: SQLite writes them into its write-ahead log (`synchronous = NORMAL`),
 * and one sync of that file, in a thread of the pool, makes all that were written before it survive a power cut
 * (https://www.sqlite.org/wal.html#performance_considerations). No commit is acknowledged before that.
 */
export class LogSync {
  readonly #database: Database
  readonly #state: StorageState
  readonly #sync: (file: string) => Promise<void>
  readonly #longestMs: number
  readonly #hasLog: boolean
  #handle: FileHandle | null = null
  #commits = 0
  #lasting = 0
  #running: Promise<void> | null = null
  /** The disk has not answered this one yet. */
  #hanging = false
  /** A sync failed: the system may have dropped what it could not write, and would not say so again. */
  #isDoubtful = false

  constructor(database: Database, { state = new StorageState(), sync, longestMs = LONGEST_MS }: LogSyncOptions = {}) {
    this.#database = database
    this.#state = state
    this.#sync = sync ?? ((file) => this.#syncFile(file))
    this.#longestMs = longestMs
    // Without a log (in memory, or where the file system cannot have one) SQLite syncs by itself.
    this.#hasLog = !database.memory && database.pragma('journal_mode', { simple: true }) === 'wal'
    if (this.#hasLog) database.pragma('synchronous = NORMAL')
  }

  /** How many commits there have been. */
  get commits(): number {
    return this.#commits
  }

  /** To be called after each commit. */
  committed(): void {
    this.#commits += 1
  }

  /** Resolves when all that is committed by now is durable. Throws `storage-full` when the disk does not do that. */
  async settled(): Promise<void> {
    const wanted = this.#commits
    while (this.#lasting < wanted) {
      this.#running ??= this.#syncAll().finally(() => {
        this.#running = null
      })
      await this.#running
    }
  }

  /** To be called before the database is closed; waits no longer than a sync may take. */
  async close(): Promise<void> {
    // Whoever waited for one sync may have started the next.
    while (this.#running !== null) await this.#running.catch(() => undefined)
    if (!this.#hanging) await this.#handle?.close()
  }

  async #syncAll(): Promise<void> {
    const commits = this.#commits
    const { failures } = this.#state
    try {
      if (this.#hasLog) await this.#withinTime(`${this.#database.name}-wal`)
    } catch (cause) {
      const error = new BetterSqlite.SqliteError(`the log could not be synced: ${String(cause)}`, 'SQLITE_IOERR_FSYNC')
      this.#state.failed(error)
      throw translated(error)
    }
    this.#lasting = commits
    // A later commit may have failed meanwhile.
    if (this.#state.failures === failures) this.#state.succeeded()
  }

  async #withinTime(file: string): Promise<void> {
    // Each one that hangs takes a thread of the pool: never a second one.
    if (this.#hanging) throw new Error('the disk has not answered yet')
    this.#hanging = true
    const synced = this.#sync(file)
      .catch((error: unknown) => {
        this.#isDoubtful = true
        throw error
      })
      .finally(() => {
        this.#hanging = false
      })
    const late = new AbortController()
    const limit = pause(this.#longestMs, 'late', { ref: false, signal: late.signal }).catch(() => 'late')
    try {
      if ((await Promise.race([synced, limit])) === 'late') throw new Error(`no answer in ${this.#longestMs} ms`)
    } finally {
      late.abort()
      synced.catch(() => undefined)
    }
    if (!this.#isDoubtful) return
    // SQLite still reads the pages themselves: copied into the database and synced there they last, whatever the log lost.
    const [answer] = this.#database.pragma('wal_checkpoint(FULL)') as { busy: number }[]
    if (answer?.busy !== 0) throw new Error('what a sync had failed for is not in the database yet')
    this.#isDoubtful = false
  }

  async #syncFile(file: string): Promise<void> {
    // Windows flushes only what is open for writing.
    this.#handle ??= await open(file, 'r+')
    await this.#handle.datasync()
  }
}

type Methods = Record<string, (...args: never[]) => Promise<unknown>>

/** The same methods; each that committed something, alone or beside another, resolves once that is durable. */
export function lasting<T extends object>(methods: T, log: LogSync): T {
  return followed(methods, log, async (before) => {
    if (log.commits !== before) await log.settled()
  })
}

/** The same methods; what they read is durable by the time it is reported, unless the disk fails: then people see what there is. */
export function ofWhatLasts<T extends object>(methods: T, log: LogSync): T {
  return followed(methods, log, () => log.settled().catch(() => undefined))
}

/** The same methods, which resolve after `then`; that hears how many commits there were before the call. */
function followed<T extends object>(methods: T, log: LogSync, then: (before: number) => Promise<void>): T {
  const wrapped = Object.entries(methods as Methods).map(([name, method]) => [
    name,
    async (...args: never[]) => {
      const before = log.commits
      const result = await method(...args)
      await then(before)
      return result
    },
  ])
  return Object.fromEntries(wrapped) as T
}
