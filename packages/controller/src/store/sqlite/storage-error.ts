import { ChaosError } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'

/** What SQLite says when the disk under it is the trouble, or somebody else holds the file: https://www.sqlite.org/rescode.html */
const STORAGE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|PROTOCOL)/

/** The disk is full or failing: nothing was stored, and trying again later can help. */
export function isStorageError(error: unknown): error is InstanceType<typeof BetterSqlite.SqliteError> {
  return error instanceof BetterSqlite.SqliteError && STORAGE.test(error.code)
}

/** SQLite's error as ours, where people can do something about it; any other error unchanged. */
export function translated(error: unknown): unknown {
  if (!isStorageError(error)) return error
  return new ChaosError(
    'storage-full',
    `The controller's database could not be written (${error.code}); nothing was acknowledged. ${wayOut(error.code)}`,
    { cause: error },
  )
}

function wayOut(code: string): string {
  if (code.startsWith('SQLITE_FULL')) return 'Make room on the disk that holds the data folder.'
  if (code.startsWith('SQLITE_READONLY'))
    return 'Make the data folder, or the file system that holds it, writable again.'
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'Another program holds the database: close it.'
  return 'Make room on the disk that holds the data folder, and look whether that disk fails.'
}
