import BetterSqlite, { type Database } from 'better-sqlite3'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'

/**
 * Opens the database file and brings its schema up to date. `synchronous = FULL`: what was committed survives a power
 * cut (https://www.sqlite.org/pragma.html#pragma_synchronous); in WAL mode that is one sync per commit. A store takes
 * the syncs over (`log-sync.ts`).
 */
export function openSqlite(file: string): Database {
  const database = new BetterSqlite(file)
  try {
    // Facts are long rows: with the usual 4 KiB much of each page stays empty. A file that is there keeps its own size.
    database.pragma('page_size = 8192')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    // SQL functions and views in a tampered file must not run with our rights.
    database.pragma('trusted_schema = OFF')
    database.pragma('busy_timeout = 5000')
    // Checkpoints copy the log into the database: at 1,000 pages, the default, a busy controller would do it with each
    // commit. 8,000 pages are 64 MiB of log.
    database.pragma('wal_autocheckpoint = 8000')
    database.pragma('cache_size = -16384')
    migrate(database, migrations)
    // From here on waiting would hold the event loop; whoever writes tries again.
    database.pragma('busy_timeout = 20')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
