import { isRestored, type SwapBack, type SwappedBack, swapAllBack } from '../../swap/index.ts'
import { type LockedDatabase, underLock } from './under-lock.ts'

/**
 * In the order given. An attempt that finds all done takes no lock, because taking and leaving it changes the folder's
 * time as well, which would no longer be distinguished from somebody else's change.
 */
export function backUnderLock(database: LockedDatabase, backs: readonly SwapBack[]): Promise<SwappedBack> {
  return swapAllBack(backs, {
    path: `${database.path}.lock`,
    hold: async (restore) => ((await isDone(database, backs)) ? [] : underLock(database, restore)),
  })
}

async function isDone({ files, path }: LockedDatabase, backs: readonly SwapBack[]): Promise<boolean> {
  if (await files.exists(`${path}.lock`)) return false
  const done = await Promise.all(backs.map(isRestored))
  return !done.includes(false)
}
