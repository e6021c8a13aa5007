import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import pRetry from 'p-retry'
import { makeFolder } from '../journal/durable.ts'

/** A lock that is held until it is disposed of, or until this process dies, however it dies. */
export type Lock = Disposable

/** Gives one holder at a time the right to change the host and the journal. */
export interface Locker {
  /** Waits at most `waitMs` for the present holder. @throws ChaosError `host-busy` */
  acquire(waitMs: number): Promise<Lock>
}

/** How often a waiting process looks again. */
const LOOK_EVERY_MS = 20
/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/**
 * A lock on `path` that the kernel takes from a process that dies, by `kill -9` too. Node.js offers none; the SQLite
 * inside it does: an exclusive transaction that writes nothing is a lock of the operating system on an empty file. It
 * needs no program beside ours, and no child inherits it. See docs/decisions/0005-lock-through-sqlite.md.
 */
export function kernelLocker(path: string): Locker {
  return {
    async acquire(waitMs) {
      await makeFolder(dirname(path))
      try {
        return await pRetry(() => take(path), {
          retries: Number.POSITIVE_INFINITY,
          factor: 1,
          minTimeout: LOOK_EVERY_MS,
          maxRetryTime: waitMs,
          shouldRetry: ({ error }) => isHeld(error),
        })
      } catch (thrown) {
        throw refused(path, waitMs, thrown)
      }
    },
  }
}

function take(path: string): Lock {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    // Nothing is written: without this SQLite would lay a journal of its own beside the file.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return database
  } catch (thrown) {
    database.close()
    throw thrown
  }
}

function isHeld(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY
}

function refused(path: string, waitMs: number, thrown: unknown): ChaosError {
  if (isHeld(thrown)) {
    const waited = `${path} was held by another process for more than ${waitMs} ms`
    return new ChaosError('host-busy', `Another chaos-lite-agent is at work on this host: ${waited}. Try again later.`)
  }
  return new ChaosError('tool-failed', `The lock ${path} cannot be taken: ${sentenceOf(thrown)}`, { cause: thrown })
}
