import { ChaosError, type Compared } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Files, Stamp } from '../../host/index.ts'
import { folderKept, isAway, item, judgeFolder, settleFolder } from '../../host/index.ts'
import type { ActionContext } from '../action.ts'

const NOTE = 'own-file'
const Digits = z.string().regex(/^\d{1,20}$/)

/** A file of our own, and the folder that it lies in. */
export const ownFileUndo = {
  folder: z.string().max(4096),
  path: z.string().max(4096),
  folderMtimeNs: z.string().regex(/^-?\d{1,20}$/),
  /** Tells the folder from an empty mount point; absent in records of programs that did not keep it. */
  folderAt: z.strictObject({ dev: Digits, inode: Digits }).optional(),
}
/** What an undo record holds of a file that only the drill has made, and of the folder around it. */
export type OwnFileUndo = z.infer<z.ZodObject<typeof ownFileUndo>>

/** What is kept of the folder before the file is laid into it. */
export function folderNow(stamp: Stamp | null): Pick<OwnFileUndo, 'folderMtimeNs' | 'folderAt'> {
  if (stamp === null) return { folderMtimeNs: '0' }
  const { mtimeNs, dev, inode } = stamp
  return { folderMtimeNs: mtimeNs, folderAt: { dev, inode } }
}

/** Is the file not to be seen because its file system is not mounted? Then it is not gone: it still takes the room. */
export async function isFileAway(files: Files, { folder, path, folderAt }: OwnFileUndo): Promise<boolean> {
  if (folderAt === undefined || (await files.stamp(path)) !== null) return false
  return isAway(files, folder, folderAt)
}

/**
 * Creates the file, and notes whose change of the folder that was: on a host that comes back from a copy every file is
 * born anew, and shows it no more.
 */
export async function layDown(
  { host, recordFolder }: Pick<ActionContext, 'host' | 'recordFolder'>,
  { folder, folderMtimeNs, path }: OwnFileUndo,
): Promise<void> {
  const { files } = host
  await files.create(path)
  const changed = { files, folder, beforeNs: folderMtimeNs, witnesses: [await files.stamp(path)] }
  await judgeFolder(changed, { recordFolder, name: NOTE, fades: true })
}

/** Where a file of ours stays that somebody made something else of. */
function keptPath(path: string): string {
  return `${path}-kept`
}

/**
 * Removes the file; keeps it where it is none any more, or `isOurs` says that somebody wrote into it. A removal leaves no
 * trace of who did it, so it is noted beside the record that we are about to, and that nobody else has changed the folder:
 * without the note, and without the file, the folder's time is theirs.
 *
 * @throws ChaosError `cannot-restore` while the file system of the folder is not mounted
 */
export async function takeAway(
  { host, recordFolder }: ActionContext,
  undo: OwnFileUndo,
  isOurs: (path: string) => Promise<boolean> = async () => true,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { files } = host
  const { folder, folderMtimeNs, path } = undo
  if (await isFileAway(files, undo)) {
    const text = `The file system that holds ${path} is not mounted at ${folder} now: mount it, then roll it back.`
    throw new ChaosError('cannot-restore', text)
  }
  const witness = await files.stamp(path)
  const changed = { files, folder, beforeNs: folderMtimeNs, witnesses: [witness] }
  const ours = await judgeFolder(changed, { recordFolder, name: NOTE, fades: witness !== null })
  if (witness !== null) {
    const isFile = (await files.metadata(path)).kind === 'file'
    if (isFile && (await isOurs(path))) await files.remove(path)
    else await keep(files, path, isFile)
  }
  return settled({ files, recordFolder }, undo, ours)
}

/** What we had only reserved is given back, so that the disk is no longer full because of us. */
async function keep(files: Files, path: string, isFile: boolean): Promise<void> {
  if (isFile) await files.moveWithoutReserve(path, keptPath(path))
  else await files.move(path, keptPath(path))
}

async function settled(
  { files, recordFolder }: { readonly files: Files; readonly recordFolder: string },
  { folder, folderMtimeNs, path }: OwnFileUndo,
  ours: boolean,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const place = keptPath(path)
  const isKept = await files.exists(place)
  const time = await settleFolder({ files, folder, beforeNs: folderMtimeNs }, ours && !isKept, {
    recordFolder,
    name: NOTE,
  })
  const now = (await files.exists(path)) ? 'still there' : 'not there'
  const compared = [item(path, 'not there', now), time]
  if (!isKept) return { compared, kept: time.same ? [] : [folderKept(folder)] }
  const sentence = `Somebody else wrote into our file ${path}, or put something else in its place: it was kept as ${place}.`
  return { compared: [...compared, item(place, 'not there', 'kept')], kept: [sentence] }
}
