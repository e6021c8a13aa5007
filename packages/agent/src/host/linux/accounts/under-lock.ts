import { dirname } from 'node:path'
import type { Files } from '../../host.ts'
import { lockDatabase } from './lock.ts'

/** The database whose lock the shadow tools take for these files. */
export interface LockedDatabase {
  readonly files: Files
  /** Such as `/etc/group`. */
  readonly path: string
  readonly lockPath: (path: string) => string
  readonly tag: string
}

/**
 * Works under the lock. Taking and leaving it changes the folder's time and leaves nothing that shows whose change that
 * was: where the work fails, the folder gets the time that it had, and the next attempt finds the same evidence.
 */
export async function underLock<T>(database: LockedDatabase, work: () => Promise<T>): Promise<T> {
  const { files, path, lockPath, tag } = database
  // The file may be missing: then it is ours to bring back.
  const real = (await files.exists(path)) ? await files.resolve(path) : path
  const folder = dirname(real)
  const before = await files.stamp(folder)
  try {
    await using _ = await lockDatabase(lockPath(real), tag)
    return await work()
  } catch (thrown) {
    if (before !== null) await files.setMtime(folder, before.mtimeNs).catch(() => undefined)
    throw thrown
  }
}
