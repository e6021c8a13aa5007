import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

const NAME = 'controller.reserve'
/** What SQLite needs to open a database, and some commits. */
export const RESERVE_BYTES = 1024 * 1024

/**
 * Room that is set aside on the disk of the data folder, so that a controller can be started on a full disk: hosts must
 * be stopped all the same.
 */
export async function keepReserve(folder: string): Promise<void> {
  const file = join(folder, NAME)
  if (existsSync(file)) return
  const fresh = `${file}.new`
  try {
    const handle = await open(fresh, 'w', 0o600)
    try {
      // No zeros: a file system that compresses would set nothing aside.
      await handle.writeFile(randomBytes(RESERVE_BYTES))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Gives that room back. False when there is none. */
export function giveReserve(folder: string): boolean {
  const file = join(folder, NAME)
  if (!existsSync(file)) return false
  rmSync(file, { force: true })
  return true
}
