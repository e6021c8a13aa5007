import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { BackupDriver } from '../backups/index.ts'
import { syncFolder } from '../durable/index.ts'
import type { Files } from '../host/index.ts'
import {
  forgetReplacement,
  noteWipe,
  replacementFolder,
  writeReplacement,
  writeRestoredList,
} from '../replacement/index.ts'
import { makeFolders, mkdir } from '../small-files/index.ts'
import type { ExerciseContext } from './exercise.ts'
import { wipeFolder } from './wipe.ts'

/** Where a restore goes, and what becomes of it. */
export interface RestoreTarget {
  /** What the driver restores to. */
  readonly path: string
  /** Below it, where the contents of the folder come to lie; exists and is empty. */
  readonly contents: string
  /** The original that it is compared with, when it was moved aside. */
  readonly original: string | null
  /** Gives the restored folder the original's name; null for scratch. */
  readonly place: (() => Promise<string>) | null
  /** Removes everything that is not in place. Never throws for what is not there. */
  wipe(): Promise<void>
}

/** Where a restore into the scratch space lies. */
function scratchPath(scratchFolder: string): string {
  return join(scratchFolder, 'restore')
}

/** A private folder inside the scratch space, gone afterwards. */
export async function scratchTarget(
  { scratchFolder }: Pick<ExerciseContext, 'scratchFolder'>,
  driver: BackupDriver,
  inside: string,
): Promise<RestoreTarget> {
  const path = scratchPath(scratchFolder)
  const contents = driver.contentsAt(path, inside)
  // What a killed agent left behind.
  await wipeFolder(path)
  await makeFolders(path)
  await makeFolders(contents)
  return { path, contents, original: null, place: null, wipe: () => wipeFolder(path) }
}

/**
 * The backup tool writes by names: nobody but root may be able to put a link in its way. Asked while planning, and again
 * before anything is written. @throws ChaosError `not-allowed`, or `not-there` where no folder could be restored
 */
export async function refuseUnsafePlace(files: Pick<Files, 'changeableParent'>, folder: string): Promise<void> {
  const changeable = await files.changeableParent(folder).catch((cause: unknown) => {
    throw new ChaosError('not-there', `${dirname(folder)} cannot be looked at, so nothing can be restored there`, {
      cause,
    })
  })
  if (changeable === null) return
  const text = `${changeable} can be changed by others than root, who could lead what is restored to ${folder} elsewhere`
  throw new ChaosError('not-allowed', `${text}; restore into scratch instead`)
}

/**
 * A folder beside the original, for `into: place`. Throws `not-allowed` unless this run holds the folder in quarantine,
 * and `already-exists` when something has its name already.
 */
export async function placeTarget(
  { host, quarantine, signal }: Pick<ExerciseContext, 'host' | 'quarantine' | 'signal'>,
  driver: BackupDriver,
  inside: string,
  folder: string,
): Promise<RestoreTarget> {
  const held = quarantine(folder)
  if (held === null) {
    const text = `This run does not hold ${folder} in quarantine, so nothing may take its place`
    throw new ChaosError('not-allowed', `${text}; inject data.quarantine on it before this step`)
  }
  const { recordFolder, recordId, movedTo } = held
  if (await host.files.exists(folder)) {
    throw new ChaosError('already-exists', `There is something at ${folder} already; it is left alone`)
  }
  await refuseUnsafePlace(host.files, folder)
  const path = replacementFolder(folder, recordId)
  const contents = driver.contentsAt(path, inside)
  await wipeFolder(path)
  await mkdir(path, { mode: 0o700 })
  await makeFolders(contents)
  const { dev, inode, birthNs } = await host.files.metadata(contents)
  await writeReplacement(recordFolder, { dev, inode, birthNs })
  return {
    path,
    contents,
    original: movedTo,
    async place() {
      if (!driver.bringsFolder) await host.files.setMetadata(contents, await host.files.metadata(movedTo))
      // From the moment that it has the folder's name people may work in it: what was ours is written down before.
      await writeRestoredList(host.files, contents, { recordFolder, made: { dev, inode, birthNs }, signal })
      await host.files.move(contents, folder)
      await syncFolder(dirname(folder))
      return folder
    },
    async wipe() {
      // Asked of the disk, not remembered: a rename may have been done although its sync failed.
      if (await host.files.exists(contents)) await forgetReplacement(recordFolder)
      if (!(await host.files.exists(path))) return
      // A large tree takes its time; only the last step changes the folder that the original belongs to.
      for (const name of await host.files.list(path)) await wipeFolder(join(path, name))
      await noteWipe(recordFolder)
      await host.files.removeEmptyFolder(path)
      // Once more: on a busy host the removal may come long after the note.
      await noteWipe(recordFolder)
    },
  }
}
