import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import type { ActionContext } from '../action.ts'
import { refuseProtectedPlace } from '../protected-places.ts'
import { type FillUndo, floorBytes, journalFloorBytes, mebibyte, mebibytes, unaskedMiB } from './fill-undo.ts'
import { folderNow } from './own-file.ts'

/** Less than this would not be seen. */
const leastFillBytes = 16 * mebibyte

/**
 * How far to fill: to `leavePercent` of the file system, with a file of at most `atMostMiB`; undefined: the built-in
 * bound.
 */
export interface FillParams {
  readonly folder: string
  readonly leavePercent: number
  readonly atMostMiB?: number | undefined
}

/** Where the file will lie and how large it may become. Throws where that would do harm, or would show nothing. */
export async function readFill(context: ActionContext, params: FillParams): Promise<FillUndo> {
  const { host, recordFolder, recordId } = context
  const { files } = host
  const { folder, leavePercent, atMostMiB } = params
  await refuseUnfitFolder(context, folder)
  const { freeBytes, totalBytes, onDisk } = await files.space(folder)
  if (onDisk === null) {
    const why = 'is no disk of this host (memory, the network, or a file system that is not known)'
    throw new ChaosError('cannot-restore', `The file system of ${folder} ${why}: it is not filled.`)
  }
  const stamp = await files.stamp(folder)
  const floor = stamp?.dev === (await devOf(recordFolder)) ? journalFloorBytes : floorBytes
  const leaveBytes = Math.ceil((totalBytes * leavePercent) / 100)
  if (leaveBytes < floor) {
    throw new ChaosError(
      'cannot-restore',
      `${leavePercent} % of the file system of ${folder} are ${mebibytes(leaveBytes)}; at least ${mebibytes(floor)} must stay free there.`,
    )
  }
  const mostBytes = (atMostMiB ?? unaskedMiB) * mebibyte
  const fillBytes = Math.min(freeBytes - leaveBytes, mostBytes)
  if (fillBytes < leastFillBytes) {
    throw new ChaosError('wrong-state', `The file system of ${folder} has ${mebibytes(freeBytes)} free already.`)
  }
  return {
    folder,
    path: join(folder, `.chaos-lite-${recordId}-fill`),
    ...folderNow(stamp),
    kind: onDisk,
    totalBytes,
    leaveBytes,
    floorBytes: floor,
    mostBytes,
    seenBytes: Math.floor(freeBytes - fillBytes / 2),
  }
}

/** Refuses a folder in which no file of ours may lie, or could be removed again. */
export async function refuseUnfitFolder({ host }: ActionContext, folder: string): Promise<void> {
  const { files } = host
  if (!(await files.exists(folder))) throw new ChaosError('not-there', `${folder} does not exist on this host.`)
  const real = await files.resolve(folder)
  if (real !== folder) {
    throw new ChaosError('cannot-restore', `${folder} leads over a symbolic link: name ${real}.`)
  }
  await refuseProtectedPlace(host, folder)
  if ((await files.metadata(folder)).kind !== 'folder')
    throw new ChaosError('cannot-restore', `${folder} is no folder.`)
  const blocker = await files.writeBlocker(folder)
  if (blocker !== null) throw new ChaosError('cannot-restore', blocker)
}

async function devOf(path: string): Promise<string> {
  return String((await stat(path, { bigint: true })).dev)
}
