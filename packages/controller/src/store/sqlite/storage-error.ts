import { ChaosError } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'

/** The disk is full or failing: nothing was stored, and trying again later can help. */
export function isStorageError(error: unknown): error is InstanceType<typeof BetterSqlite.SqliteError> {
  if (!(error instanceof BetterSqlite.SqliteError)) return false
  return error.code === 'SQLITE_FULL' || error.code.startsWith('SQLITE_IOERR')
}

/** SQLite's error as ours, where people can do something about it; any other error unchanged. */
export function translated(error: unknown): unknown {
  if (!isStorageError(error)) return error
  return new ChaosError(
    'storage-full',
    `The controller's database could not be written (${error.code}); nothing was acknowledged. Make room on the disk that holds the data folder.`,
    { cause: error },
  )
}
