import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { newerSchema } from '../sqlite/migrate.ts'
import { migrations } from '../sqlite/migrations/index.ts'
import { countsOf, type Found } from './counts.ts'
import * as damage from './damage.ts'
import { MARK, type Mark, readMark } from './mark.ts'

/**
 * A database up to this size is checked page by page at each start, which takes less than a second; a larger one only
 * when it is a copy. Reading a damaged page later is an error as well, never wrong data.
 */
const CHECKED_AT_EACH_START_BYTES = 256 * 1024 * 1024
/** Signs of a controller that was here, beside its mark. */
const SIGNS = ['controller.db-wal', 'tls/ca.pem', 'tls/ca.key']
const HEADER_BYTES = 100
/** In this folder of the data folder a restore gathers what it then moves to its place. */
export const STAGING = '.restoring'

/** What a data folder holds. `mark` null: none was written so far; `found` null: there is no database. */
export interface Inspected {
  /** There is nothing here: a new controller may begin. */
  readonly fresh: boolean
  readonly mark: Mark | null
  readonly found: Found | null
}

/**
 * Judges a data folder before anything in it is opened for writing. Unreadable is not empty: a database that is missing,
 * emptied, cut off, damaged, of somebody else or older than its mark is refused with `wrong-state`, and nothing is changed.
 */
export function inspectStore(folder: string): Inspected {
  if (existsSync(join(folder, STAGING))) throw damage.halfRestored(folder)
  const mark = readMark(folder)
  const file = join(folder, 'controller.db')
  const size = sizeOf(file)
  if (size === null) {
    const sign = mark === null ? SIGNS.find((name) => existsSync(join(folder, name))) : MARK
    if (sign !== undefined) throw damage.missing(file, join(folder, sign))
    return { fresh: true, mark: null, found: null }
  }
  judgeHeader(file, size)
  const copied = mark === null || mark.inode !== inodeOf(file)
  const found = withReader(file, (database) => {
    const found = countsOf(database)
    judge(file, found, mark)
    if (copied || size <= CHECKED_AT_EACH_START_BYTES) judgePages(file, database, copied)
    return found
  })
  return { fresh: false, mark, found }
}

/** Names the file as such; a folder that was copied or restored has others. */
export function inodeOf(file: string): string {
  return String(statSync(file, { bigint: true }).ino)
}

function sizeOf(file: string): number | null {
  let found: ReturnType<typeof statSync>
  try {
    found = statSync(file, { throwIfNoEntry: false })
  } catch (cause) {
    throw damage.unreadable(file, sentenceOf(cause), cause)
  }
  if (found === undefined) return null
  if (!found.isFile()) throw damage.notADatabase(file)
  return Number(found.size)
}

/** https://www.sqlite.org/fileformat.html#the_database_header */
function judgeHeader(file: string, size: number): void {
  if (size === 0) throw damage.empty(file)
  const header = headerOf(file)
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw damage.notADatabase(file)
  if (header.length < HEADER_BYTES) throw damage.truncated(file, size, null)
  const stored = header.readUInt16BE(16)
  const pageBytes = stored === 1 ? 65_536 : stored
  if (pageBytes < 512 || size % pageBytes !== 0) throw damage.truncated(file, size, null)
  // While there is a log, the file may be shorter than it says: the rest is in the log.
  const logged = (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const expected = header.readUInt32BE(28) * pageBytes
  if (!logged && header.readUInt32BE(24) === header.readUInt32BE(92) && size < expected) {
    throw damage.truncated(file, size, expected)
  }
}

function headerOf(file: string): Buffer {
  try {
    const handle = openSync(file, 'r')
    try {
      const header = Buffer.alloc(HEADER_BYTES)
      return header.subarray(0, readSync(handle, header, 0, HEADER_BYTES, 0))
    } finally {
      closeSync(handle)
    }
  } catch (cause) {
    throw damage.unreadable(file, sentenceOf(cause), cause)
  }
}

function withReader<T>(file: string, work: (database: Database) => T): T {
  let database: Database | null = null
  try {
    database = new BetterSqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 })
    return work(database)
  } catch (cause) {
    if (cause instanceof ChaosError) throw cause
    const code = cause instanceof BetterSqlite.SqliteError ? cause.code : ''
    if (code === 'SQLITE_NOTADB') throw damage.notADatabase(file, cause)
    if (code.startsWith('SQLITE_CORRUPT')) throw damage.corrupt(file, sentenceOf(cause), cause)
    throw damage.unreadable(file, `${code} ${sentenceOf(cause)}`.trim(), cause)
  } finally {
    database?.close()
  }
}

function judge(file: string, found: Found, mark: Mark | null): void {
  if (found.schema === 0) throw damage.noTables(file)
  const known = Math.max(...migrations.map(({ version }) => version))
  if (found.schema > known) throw newerSchema(found.schema, known)
  if (found.keyDamaged) throw damage.keyMissing(file, 'cannot be read')
  if (found.controllerKey === null && (mark !== null || found.hosts > 0 || found.facts > 0)) {
    throw damage.keyMissing(file, 'is missing')
  }
  if (mark === null) return
  const markFile = join(file, '..', MARK)
  if (found.storeId !== null && found.storeId !== mark.storeId) throw damage.otherStore(file, markFile)
  if (found.controllerKey !== mark.controllerKey) throw damage.otherKey(file, markFile)
  if (found.schema < mark.schema || found.facts < mark.facts || found.changes < mark.changes) {
    throw damage.behind(file, found, mark, existsSync(`${file}-wal`))
  }
}

/** A copy may mix pages of several moments: then tables and indexes do not agree, or facts are missing in between. */
function judgePages(file: string, database: Database, copied: boolean): void {
  const answer = String(database.pragma(copied ? 'integrity_check(1)' : 'quick_check(1)', { simple: true }))
  if (answer !== 'ok') throw damage.corrupt(file, answer)
  if (!copied) return
  const gap = database.prepare('SELECT count(*) - coalesce(max(fact_id), 0) FROM facts').pluck().get()
  if (gap !== 0) throw damage.corrupt(file, 'facts are missing between others')
}
