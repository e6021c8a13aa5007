import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ChaosError, formatDuration, sentenceOf } from '@chaos-lite/shared'
import pRetry from 'p-retry'
import { makeFolder } from '../durable/index.ts'
import { type Holder, type Holders, noHolders } from './holder.ts'
import { Pulse } from './pulse.ts'

/** A lock that is held until it is disposed of, or until this process dies, however it dies. */
export interface Lock extends Disposable {
  /**
   * Tells whoever waits that one record is being rolled back, for so long at the most. Without effect on the lock
   * itself.
   */
  working?(forMs: number): void
}

/** Without options, the lock is taken when nobody holds it. */
export interface LockOptions {
  /** The present holder was killed and cannot end: the lock that takes the place of its lock until it does. */
  readonly behindTheDead?: boolean
}

/** Gives one holder at a time the right to change the host and the journal. */
export interface Locker {
  /** Waits at most `waitMs` for the present holder. @throws ChaosError `host-busy` */
  acquire(waitMs: number, options?: LockOptions): Promise<Lock>
  /** Who holds it now; null when nobody does, when this process does, or where the system does not say. */
  holder?(options?: LockOptions): Holder | null
  /** Kills that very process. False when it is gone. */
  kill?(holder: Holder): boolean
}

/** How often a waiting process looks again. */
const LOOK_EVERY_MS = 20
/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5

/**
 * A lock on `path` that the kernel takes from a process that dies, by `kill -9` too. Node.js offers none; the SQLite
 * inside it does: an exclusive transaction that writes nothing is a lock of the operating system on an empty file. It
 * needs no program beside ours, and no child inherits it. See docs/decisions/0005-lock-through-sqlite.md.
 *
 * A process that was killed while it waits in the kernel keeps its lock until the kernel lets it go. The second file,
 * `PATH.next`, is locked in its place; whoever takes the first takes the second, too, once there is one. See
 * docs/decisions/0012-overdue-holder.md.
 */
export function kernelLocker(path: string, holders: Holders = noHolders): Locker {
  const next = `${path}.next`
  return {
    async acquire(waitMs, { behindTheDead = false } = {}) {
      await makeFolder(dirname(path))
      try {
        const held = await pRetry(() => (behindTheDead ? takeNext(path, next, holders) : takeAll(path, next)), {
          retries: Number.POSITIVE_INFINITY,
          factor: 1,
          minTimeout: LOOK_EVERY_MS,
          maxRetryTime: waitMs,
          shouldRetry: ({ error }) => isHeld(error),
        })
        // Where nobody is named nobody asks for a sign of life.
        return asLock(held, holders === noHolders ? null : new Pulse(path))
      } catch (thrown) {
        throw refused(path, waitMs, thrown)
      }
    },
    holder: ({ behindTheDead = false } = {}) => (behindTheDead ? null : holders.find(path)) ?? holders.find(next),
    kill: (holder) => holders.kill(holder),
  }
}

function takeAll(path: string, next: string): DatabaseSync[] {
  const first = take(path)
  try {
    // Nobody makes it while the first one can be had, so that it is enough to look.
    return existsSync(next) ? [first, take(next)] : [first]
  } catch (thrown) {
    first.close()
    throw thrown
  }
}

/** Not beside a living holder of the first lock: it may be another one by now. */
function takeNext(path: string, next: string, holders: Holders): DatabaseSync[] {
  const second = take(next)
  try {
    return [second, take(path)]
  } catch (thrown) {
    if (isHeld(thrown) && holders.find(path)?.isDying === true) return [second]
    second.close()
    throw thrown
  }
}

function take(path: string): DatabaseSync {
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

function asLock(held: readonly DatabaseSync[], pulse: Pulse | null): Lock {
  let isHeld = true
  return {
    working: (forMs) => pulse?.working(forMs),
    [Symbol.dispose]() {
      pulse?.stop()
      if (isHeld) for (const database of held) database.close()
      isHeld = false
    },
  }
}

function isHeld(thrown: unknown): boolean {
  return thrown instanceof Error && 'errcode' in thrown && thrown.errcode === SQLITE_BUSY
}

function refused(path: string, waitMs: number, thrown: unknown): ChaosError {
  if (isHeld(thrown)) {
    const waited = `${path} was held by another process for more than ${formatDuration(waitMs)}`
    return new ChaosError('host-busy', `Another chaos-lite-agent is at work on this host: ${waited}. Try again later.`)
  }
  return new ChaosError('tool-failed', `The lock ${path} cannot be taken: ${sentenceOf(thrown)}`, { cause: thrown })
}
