import type { Compared } from '@chaos-lite/shared'
import type { Files } from '../../host.ts'
import { folderKept, ownsFolderTime, type SwapBack, settleFolder, swapFileBack } from '../../swap/index.ts'
import { lockDatabase } from './lock.ts'

/** What putting account files back achieved. */
export interface FilesBack {
  readonly compared: readonly Compared[]
  readonly kept: readonly string[]
}

/** The database whose lock the shadow tools take for these files. */
export interface LockedDatabase {
  readonly files: Files
  /** Such as `/etc/group`. */
  readonly path: string
  readonly lockPath: (path: string) => string
  readonly tag: string
}

/** In the order given. The folder's time comes last, because taking and leaving the lock changes it as well. */
export async function backUnderLock(
  { files, path, lockPath, tag }: LockedDatabase,
  backs: readonly SwapBack[],
): Promise<FilesBack> {
  const lock = [`${path}.lock`]
  const owned = await Promise.all(backs.map((back) => ownsFolderTime(back, lock)))
  const compared: Compared[] = []
  const kept: string[] = []
  {
    // The file may be missing: then it is ours to bring back.
    const real = (await files.exists(path)) ? await files.resolve(path) : path
    await using _ = await lockDatabase(lockPath(real), tag)
    for (const back of backs) {
      const file = await swapFileBack(back)
      compared.push(...file.compared)
      kept.push(...file.kept)
    }
  }
  const folders = new Map(backs.map(({ image }) => [image.folderPath, image.folderMtimeNs]))
  for (const [folder, mtimeNs] of folders) {
    const settled = await settleFolder(files, folder, mtimeNs, owned.includes(true))
    compared.push(settled)
    if (!settled.same) kept.push(folderKept(folder))
  }
  return { compared, kept }
}
