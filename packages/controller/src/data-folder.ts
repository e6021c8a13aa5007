import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import BetterSqlite from 'better-sqlite3'
import { makeFolder } from './make-folder.ts'

/** A data folder that is ours alone, until it is released. */
export interface DataFolder {
  readonly databaseFile: string
  release(): void
}

/**
 * Makes the folder (mode 0700), sees that it can be written, and takes it for this process alone. The lock is SQLite's,
 * so that the kernel releases it when this process dies, however it dies.
 */
export function takeDataFolder(folder: string): DataFolder {
  try {
    makeFolder(folder)
    chmodSync(folder, 0o700)
    const trial = join(folder, '.writable')
    writeFileSync(trial, '')
    rmSync(trial)
  } catch (cause) {
    throw new ChaosError(
      'wrong-state',
      `The data folder ${folder} cannot be written (${sentenceOf(cause)}). Give another one with --data, or make this one writable for the user that runs the controller.`,
      { cause },
    )
  }
  const lock = new BetterSqlite(join(folder, 'controller.lock'), { timeout: 0 })
  try {
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    throw new ChaosError(
      'wrong-state',
      `Another controller uses the data folder ${folder}. Stop it first, or give another folder with --data.`,
      { cause },
    )
  }
  return { databaseFile: join(folder, 'controller.db'), release: () => void lock.close() }
}
