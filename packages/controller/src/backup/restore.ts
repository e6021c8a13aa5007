import { chmodSync, chownSync, copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'
import { LOCK, takeDataFolder } from '../data-folder.ts'
import { makeFolder } from '../make-folder.ts'
import { inodeOf, MARK, openSqlite, STAGING, writeMark } from '../store/index.ts'
import { countsIn } from './backup.ts'
import { checkedManifest, damaged, type Manifest, sync } from './manifest.ts'
import { type Rewound, rewind } from './rewind.ts'

/**
 * What a restore has done, and what a person should check after it. `restoredMs` is UTC, as in the fact that records
 * it.
 */
export interface Restored extends Rewound {
  readonly manifest: Manifest
  readonly restoredMs: number
}

/**
 * Makes an empty data folder that of the backed-up controller. Refused with `wrong-state` for a folder that holds
 * anything, a controller that runs there, and a backup that is not whole; nothing is written then. The database gets its
 * name last: whatever stops this in the middle leaves a folder from which no controller starts.
 */
export function restore(backup: string, dataFolder: string, options: { readonly pending: boolean }): Restored {
  const source = resolve(backup)
  const target = resolve(dataFolder)
  refuseUsed(target)
  const manifest = checkedManifest(source)
  judgeDatabase(source, manifest)
  const existed = existsSync(target)
  // Nobody begins a new controller here meanwhile, nor restores another backup.
  const data = takeDataFolder(target)
  try {
    if (readdirSync(target).some((name) => name !== LOCK)) refuseUsed(target)
    return { ...restoreInto(target, { source, manifest, pending: options.pending, existed }), manifest }
  } catch (error) {
    if (error instanceof ChaosError) throw error
    const text = `The backup could not be restored into ${target}: ${sentenceOf(error)}. Remove what is in that folder before you try again.`
    throw new ChaosError('storage-full', text, { cause: error })
  } finally {
    data.leaveAsFound()
  }
}

interface Work {
  readonly source: string
  readonly manifest: Manifest
  readonly pending: boolean
  /** The folder was there before, and so has an owner. */
  readonly existed: boolean
}

function restoreInto(target: string, { source, manifest, pending, existed }: Work): Omit<Restored, 'manifest'> {
  const restoredMs = Date.now()
  const staging = join(target, STAGING)
  makeFolder(join(staging, 'tls'))
  for (const { name } of manifest.files) {
    copyFileSync(join(source, name), join(staging, name))
    chmodSync(join(staging, name), 0o600)
    sync(join(staging, name))
  }
  const file = join(staging, 'controller.db')
  const rewound = rewindFile(file, { backupMs: manifest.madeMs, restoredMs, pending })
  writeMark(staging, countsIn(file), inodeOf(file))
  sync(file)
  sync(join(staging, 'tls'))
  if (existed) giveToOwner(target, staging)
  moveIntoPlace(staging, target)
  return { ...rewound, restoredMs }
}

function refuseUsed(target: string): void {
  const entry = statSync(target, { throwIfNoEntry: false })
  if (entry === undefined) return
  if (entry.isDirectory() && readdirSync(target).length === 0) return
  const lock = join(target, LOCK)
  if (entry.isDirectory() && existsSync(lock) && isHeld(lock)) {
    throw new ChaosError(
      'wrong-state',
      `A controller is running in ${target}. Stop it, and restore into an empty folder.`,
    )
  }
  throw new ChaosError(
    'wrong-state',
    `The data folder ${target} is not empty. Nothing in it is overwritten: move it away (its database may still be of use), or give another folder with --data.`,
  )
}

function isHeld(lock: string): boolean {
  let database: BetterSqlite.Database | null = null
  try {
    database = new BetterSqlite(lock, { timeout: 0, fileMustExist: true })
    database.pragma('journal_mode = MEMORY')
    database.exec('BEGIN EXCLUSIVE')
    return false
  } catch (error) {
    return error instanceof BetterSqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')
  } finally {
    database?.close()
  }
}

/** The digests say that it is what was backed up; this says that what was backed up is a store. */
function judgeDatabase(source: string, manifest: Manifest): void {
  const file = join(source, 'controller.db')
  try {
    const database = new BetterSqlite(file, { readonly: true, fileMustExist: true })
    const answer = database.pragma('integrity_check(1)', { simple: true })
    database.close()
    if (answer !== 'ok') throw damaged(source, `controller.db is damaged: ${String(answer)}`)
    if (!isDeepStrictEqual(countsIn(file), manifest.counts))
      throw damaged(source, 'controller.db is not the listed one')
  } catch (cause) {
    if (cause instanceof ChaosError) throw cause
    throw damaged(source, `controller.db cannot be read: ${sentenceOf(cause)}`, cause)
  }
}

function rewindFile(file: string, how: Parameters<typeof rewind>[1]): Rewound {
  const database = openSqlite(file)
  try {
    return rewind(database, how)
  } finally {
    database.close()
  }
}

/** Whoever restores as root must not lock the controller's own user out. */
function giveToOwner(target: string, staging: string): void {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(target)
  for (const name of ['.', ...readdirSync(staging, { recursive: true, encoding: 'utf8' })])
    chownSync(join(staging, name), uid, gid)
}

function moveIntoPlace(staging: string, target: string): void {
  chmodSync(target, 0o700)
  for (const name of [MARK, 'tls', 'controller.db']) renameSync(join(staging, name), join(target, name))
  rmSync(staging, { recursive: true, force: true })
  sync(target)
  sync(dirname(target))
}
