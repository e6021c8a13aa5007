import { chmodSync, existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { makeFolder } from './make-folder.ts'

/** The name of the lock file in a data folder. */
export const LOCK = 'controller.lock'

/** A data folder that is ours alone, until it is released. */
export interface DataFolder {
  readonly folder: string
  readonly databaseFile: string
  release(): void
  /** The same, and removes what taking it has made: nothing here is ours to change. */
  leaveAsFound(): void
}

/**
 * Makes the folder (mode 0700), sees that it can be written, and takes it for this process alone. The lock is SQLite's,
 * so that the kernel releases it when this process dies, however it dies.
 */
export function takeDataFolder(folder: string): DataFolder {
  try {
    makeFolder(folder)
    chmodSync(folder, 0o700)
    tryToWrite(join(folder, '.writable'))
  } catch (cause) {
    throw cannotBeWritten(folder, cause)
  }
  const lockFile = join(folder, LOCK)
  const wasThere = existsSync(lockFile)
  const lock = takeLock(folder, lockFile)
  const release = () => void lock.close()
  return {
    folder,
    databaseFile: join(folder, 'controller.db'),
    release,
    leaveAsFound() {
      release()
      if (!wasThere) rmSync(lockFile, { force: true })
    },
  }
}

/** A full disk is no reason not to start: hosts must be stopped all the same. */
function tryToWrite(trial: string): void {
  try {
    writeFileSync(trial, '')
    rmSync(trial)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

function cannotBeWritten(folder: string, cause: unknown): ChaosError {
  const readOnly = (cause as NodeJS.ErrnoException).code === 'EROFS'
  const wayOut = readOnly
    ? 'It is on a file system that is mounted read-only: mount it for writing (a failing disk is often the reason), or give another folder with --data.'
    : 'Give another one with --data, or make this one writable for the user that runs the controller.'
  const text = `The data folder ${folder} cannot be written (${sentenceOf(cause)}). ${wayOut}`
  return new ChaosError('wrong-state', text, { cause })
}

function takeLock(folder: string, lockFile: string, again = true): Database {
  let lock: Database | null = null
  try {
    lock = new BetterSqlite(lockFile, { timeout: 0 })
    // Nothing is ever written into it: no journal beside it either.
    lock.pragma('journal_mode = MEMORY')
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock?.close()
    const code = cause instanceof BetterSqlite.SqliteError ? cause.code : ''
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw new ChaosError(
        'wrong-state',
        `Another controller uses the data folder ${folder}. Stop it first, or give another folder with --data.`,
        { cause },
      )
    }
    // Whoever holds the lock is noticed before the content is read. The content means nothing: the file is emptied in
    // place, because a new file in its place would let two controllers in.
    if (again && (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) && emptied(lockFile)) {
      return takeLock(folder, lockFile, false)
    }
    throw new ChaosError(
      'wrong-state',
      `The lock file ${lockFile} cannot be used (${sentenceOf(cause)}). No other controller was found. Make it a writable file, or remove it while no controller runs, and start again.`,
      { cause },
    )
  }
}

function emptied(file: string): boolean {
  try {
    truncateSync(file)
    return true
  } catch {
    return false
  }
}
