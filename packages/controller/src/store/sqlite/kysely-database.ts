import type { Database, Statement } from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import type { LogSync } from './log-sync.ts'
import { translated } from './storage-error.ts'
import type { StorageState } from './storage-state.ts'

/** More different queries than this are not expected; parameters are never part of a query's text. */
const STATEMENTS_KEPT = 500

/** A better-sqlite3 database as Kysely wants it: statements are prepared once, transactions are immediate, errors are ours. */
export function kyselyDatabase(database: Database, state: StorageState, log: LogSync): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close: () => void database.close(),
    prepare(text) {
      // Kysely's own BEGIN is deferred: what was read could be outdated by another process when the write comes.
      const sql = text === 'begin' ? 'begin immediate' : text
      // SQLite rolls back by itself when the disk is full; rolling back again would hide why.
      if (sql === 'rollback' && !database.inTransaction) return nothing
      const found = kept.get(sql)
      if (found) return found
      const prepared = database.prepare<unknown[]>(sql)
      // What a transaction has written counts once it is committed, and durable.
      const writes = sql === 'commit' || !prepared.readonly
      const statement = translating(prepared, {
        done: () => writes && !database.inTransaction && log.committed(),
        failed: (error) => state.failed(error),
      })
      if (kept.size >= STATEMENTS_KEPT) kept.clear()
      kept.set(sql, statement)
      return statement
    },
  }
}

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [][Symbol.iterator](),
}

interface Listener {
  readonly done: () => unknown
  readonly failed: (error: unknown) => void
}

function translating(statement: Statement<unknown[]>, { done, failed }: Listener): SqliteStatement {
  const attempt = <T>(work: () => T): T => {
    try {
      const result = work()
      done()
      return result
    } catch (error) {
      failed(error)
      throw translated(error)
    }
  }
  return {
    reader: statement.reader,
    all: (parameters) => attempt(() => statement.all(...parameters)),
    run: (parameters) => attempt(() => statement.run(...parameters)),
    iterate: (parameters) => statement.iterate(...parameters),
  }
}
