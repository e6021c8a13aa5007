import type { Compared } from '@chaos-lite/shared'
import { folderKept, settleFolder } from './folder-time.ts'
import { compareNow, ownsFolderTime, restoreFile, type SwapBack, type SwappedBack } from './swap-back.ts'

/** What is taken before the files are changed: only one at a time may, and taking it leaves a trace in their folder. */
export interface Taking {
  /** The name of the lock in the folder. */
  readonly path: string
  /** Calls `restore` while it is taken; or answers with nothing where all is restored already. */
  hold(restore: () => Promise<string[]>): Promise<string[]>
}

/**
 * `swapBack` of several files that were swapped together, in the order in which they were. Folders get their time last,
 * because each file changes it; nothing slow happens between our last change and that.
 */
export async function swapAllBack(backs: readonly SwapBack[], lock?: Taking): Promise<SwappedBack> {
  const folders = Map.groupBy(backs, ({ image }) => image.folderPath)
  const owned = new Map<string, boolean>()
  for (const [folder, inside] of folders) {
    const judged = inside.map((back) => {
      const beside = inside.filter((other) => other !== back).map(({ image }) => image)
      return ownsFolderTime(back, lock === undefined ? [] : [lock.path], beside)
    })
    owned.set(folder, (await Promise.all(judged)).includes(true))
  }
  const restore = () => restoreAll(backs)
  const kept = lock === undefined ? await restore() : await lock.hold(restore)
  const compared: Compared[] = []
  for (const [folder, [first]] of folders) {
    if (first === undefined) continue
    const { files, image, recordFolder } = first
    const changed = { files, folder, beforeNs: image.folderMtimeNs }
    const settled = await settleFolder(changed, owned.get(folder) === true, { recordFolder, name: image.copy })
    compared.push(settled)
    if (!settled.same) kept.push(folderKept(folder))
  }
  const each = await Promise.all(backs.map(compareNow))
  return { compared: [...each.flat(), ...compared], kept }
}

async function restoreAll(backs: readonly SwapBack[]): Promise<string[]> {
  const kept: string[] = []
  for (const back of backs) kept.push(...(await restoreFile(back)))
  return kept
}
