import { join } from 'node:path'
import type BetterSqlite from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { temporaryFolder } from './temporary-folder.ts'

export type Database = BetterSqlite.Database

/** A real store on a real file, and the database under it. */
export function openStore(folder = temporaryFolder()): { store: Store; database: Database } {
  const database = openSqlite(join(folder, 'controller.db'))
  const store = sqliteStore(database)
  onTestFinished(() => store.close())
  return { store, database }
}
