import { dirname } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Database } from 'better-sqlite3'
import type { Logger } from 'pino'
import { keepReserve } from '../reserve.ts'
import { checkpoint } from '../sqlite/checkpoint.ts'
import type { SqliteStore } from '../sqlite/sqlite-store.ts'
import { countsOf } from './counts.ts'
import { inodeOf } from './inspect.ts'
import { Counts, readMark, writeMark, writeMarkSoon } from './mark.ts'

/** What was stored is in the mark after this time at the latest, and so is missed when an older copy takes its place. */
const LOOK_EVERY_MS = 1_000
/** After so long without a change all is copied from the log into the database: a copy of that file alone is whole then. */
const IDLE_MS = 3_000
/** So often while changes go on, when there were many: the checkpoint within a commit then has little left to do. */
const BUSY_EVERY_MS = 10_000
const MANY_CHANGES = 2_000
/** The room that is set aside is looked for so often. */
const RESERVE_EVERY_MS = 60_000
/** Trouble is logged so often. */
const LOG_EVERY_MS = 60_000

interface KeeperOptions {
  readonly database: Database
  readonly databaseFile: string
  readonly log: Logger
  /** The store on that database. */
  readonly store: Pick<SqliteStore, 'failing' | 'tryToWrite' | 'synced'>
}

/** Keeps the mark beside the database up to date, and the write-ahead log short. Never holds the event loop for a disk. */
export class MarkKeeper {
  readonly #options: KeeperOptions
  readonly #timer: NodeJS.Timeout
  #marked: Pick<Counts, 'facts' | 'changes'>
  #work: Promise<void> = Promise.resolve()
  #working = false
  #writes: number
  #writtenMs = performance.now()
  #checkpointed: { writes: number; atMs: number }
  #loggedMs = Number.NEGATIVE_INFINITY
  #reserveMs = Number.NEGATIVE_INFINITY

  /** Writes the mark at once: from here on, this folder is never taken for a new one. */
  constructor(options: KeeperOptions) {
    this.#options = options
    const { database, databaseFile } = options
    const counts = Counts.parse(countsOf(database))
    this.#marked = counts
    try {
      writeMark(dirname(databaseFile), counts, inodeOf(databaseFile))
    } catch (error) {
      // An older mark is good enough on a full disk; none is not.
      if (readMark(dirname(databaseFile)) === null) throw translatedFileError(error)
      this.#marked = { facts: -1, changes: -1 }
      this.#failed('the mark of the store', error)
    }
    this.#writes = this.#totalChanges()
    this.#checkpointed = { writes: -1, atMs: performance.now() }
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS)
    this.#timer.unref()
  }

  /** The last look. To be called before the database is closed. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await this.#work
    await this.#mark().catch((error: unknown) => this.#failed('the mark of the store', error))
  }

  #look(): void {
    if (this.#working) return
    this.#working = true
    this.#work = this.#tryToWrite()
      .then(() => this.#mark())
      .then(() => this.#shortenLog())
      .catch((error: unknown) => this.#failed('the mark of the store', error))
      .finally(() => {
        this.#working = false
      })
  }

  /** The end of trouble with the disk is noticed while nobody writes, too. */
  async #tryToWrite(): Promise<void> {
    const { store, databaseFile } = this.#options
    if (store.failing() !== null) await store.tryToWrite().catch(() => undefined)
    else if (performance.now() >= this.#reserveMs) {
      this.#reserveMs = performance.now() + RESERVE_EVERY_MS
      await keepReserve(dirname(databaseFile)).catch((error: unknown) => this.#failed('the reserve', error))
    }
  }

  async #mark(): Promise<void> {
    const { database, databaseFile } = this.#options
    // What is not committed yet, or does not last yet, must not be promised.
    if (!database.open || database.inTransaction) return
    const counts = countsOf(database)
    if (counts.facts === this.#marked.facts && counts.changes === this.#marked.changes) return
    await this.#options.store.synced()
    await writeMarkSoon(dirname(databaseFile), Counts.parse(counts), inodeOf(databaseFile))
    this.#marked = counts
  }

  async #shortenLog(): Promise<void> {
    const { database, databaseFile } = this.#options
    if (!database.open) return
    const [writes, nowMs] = [this.#totalChanges(), performance.now()]
    if (writes !== this.#writes) this.#writtenMs = nowMs
    this.#writes = writes
    if (writes === this.#checkpointed.writes) return
    const idle = nowMs - this.#writtenMs >= IDLE_MS
    const many = writes - this.#checkpointed.writes >= MANY_CHANGES
    if (!idle && !(many && nowMs - this.#checkpointed.atMs >= BUSY_EVERY_MS)) return
    this.#checkpointed = { writes, atMs: nowMs }
    await checkpoint(databaseFile).catch((error: unknown) => this.#failed('the log of the store', error))
  }

  #totalChanges(): number {
    return Number(this.#options.database.prepare('SELECT total_changes()').pluck().get())
  }

  #failed(what: string, error: unknown): void {
    const nowMs = performance.now()
    if (nowMs - this.#loggedMs < LOG_EVERY_MS) return
    this.#loggedMs = nowMs
    this.#options.log.warn({ err: error }, `${what} could not be written: ${sentenceOf(error)}`)
  }
}

function translatedFileError(cause: unknown): ChaosError {
  const text = `The mark of the data folder could not be written (${sentenceOf(cause)}). Make room on the disk that holds it.`
  return new ChaosError('storage-full', text, { cause })
}
