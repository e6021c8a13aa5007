import type { Compared } from '@chaos-lite/shared'
import {
  compareNow,
  folderKept,
  isRestored,
  ownsFolderTime,
  restoreFile,
  type SwapBack,
  settleFolder,
} from '../../swap/index.ts'
import { type LockedDatabase, underLock } from './under-lock.ts'

/** What restoring account files achieved. */
export interface FilesBack {
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
}

/**
 * In the order given. The folder's time comes last, because taking and leaving the lock changes it as well; for the same
 * reason nothing slow happens between our last change and that, and an attempt that finds all done takes no lock: the
 * folder's time would no longer be distinguished from somebody else's change.
 */
export async function backUnderLock(database: LockedDatabase, backs: readonly SwapBack[]): Promise<FilesBack> {
  const { files, path } = database
  const owned = await Promise.all(backs.map((back) => ownsFolderTime(back, [`${path}.lock`])))
  const kept = (await isDone(database, backs)) ? [] : await underLock(database, () => restoreAll(backs))
  const compared: Compared[] = []
  const folders = new Map(backs.map((back) => [back.image.folderPath, back]))
  for (const [folder, { image, recordFolder }] of folders) {
    const changed = { files, folder, beforeNs: image.folderMtimeNs }
    const settled = await settleFolder(changed, owned.includes(true), { recordFolder, name: image.copy })
    compared.push(settled)
    if (!settled.same) kept.push(folderKept(folder))
  }
  const each = await Promise.all(backs.map(compareNow))
  return { compared: [...each.flat(), ...compared], kept }
}

async function isDone({ files, path }: LockedDatabase, backs: readonly SwapBack[]): Promise<boolean> {
  if (await files.exists(`${path}.lock`)) return false
  const done = await Promise.all(backs.map(isRestored))
  return !done.includes(false)
}

async function restoreAll(backs: readonly SwapBack[]): Promise<string[]> {
  const kept: string[] = []
  for (const back of backs) kept.push(...(await restoreFile(back)))
  return kept
}
