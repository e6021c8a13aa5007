import type { Compared } from '@chaos-lite/shared'
import type { Files } from '../../host/host.ts'
import { folderKept, item, judgeFolder, settleFolder } from '../../host/swap/index.ts'
import type { ActionContext } from '../action.ts'
import type { FillUndo } from './undo.ts'

/** A file of our own, and the folder that it lies in. */
type Place = Pick<FillUndo, 'folder' | 'folderMtimeNs' | 'path'>

const NOTE = 'own-file'

/**
 * Creates the file, and notes whose change of the folder that was: on a host that comes back from a copy every file is
 * born anew, and tells it no more.
 */
export async function layDown(
  { host, recordFolder }: Pick<ActionContext, 'host' | 'recordFolder'>,
  { folder, folderMtimeNs, path }: Place,
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
 * Removes the file; keeps it where it is none any more, or `isOurs` says that somebody wrote into it. A removal leaves no trace of who did it, so it is noted beside the record that we are about to, and
 * that nobody else has changed the folder: without the note, and without the file, the folder's time is theirs.
 */
export async function takeAway(
  { host, recordFolder }: ActionContext,
  { folder, folderMtimeNs, path }: Place,
  isOurs: (path: string) => Promise<boolean> = async () => true,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { files } = host
  const witness = await files.stamp(path)
  const changed = { files, folder, beforeNs: folderMtimeNs, witnesses: [witness] }
  const ours = await judgeFolder(changed, { recordFolder, name: NOTE, fades: witness !== null })
  if (witness !== null) {
    const isFile = (await files.metadata(path)).kind === 'file'
    if (isFile && (await isOurs(path))) await files.remove(path)
    else await keep(files, path, isFile)
  }
  return settled(files, { folder, folderMtimeNs, path }, ours)
}

/** What we had only reserved is given back, so that the disk is no longer full because of us. */
async function keep(files: Files, path: string, isFile: boolean): Promise<void> {
  if (isFile) await files.moveWithoutReserve(path, keptPath(path))
  else await files.move(path, keptPath(path))
}

async function settled(
  files: ActionContext['host']['files'],
  { folder, folderMtimeNs, path }: Place,
  ours: boolean,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const place = keptPath(path)
  const isKept = await files.exists(place)
  const time = await settleFolder(files, folder, folderMtimeNs, ours && !isKept)
  const now = (await files.exists(path)) ? 'still there' : 'not there'
  const compared = [item(path, 'not there', now), time]
  if (!isKept) return { compared, kept: time.same ? [] : [folderKept(folder)] }
  const sentence = `Somebody else wrote into our file ${path}, or put something else in its place: it was kept as ${place}.`
  return { compared: [...compared, item(place, 'not there', 'kept')], kept: [sentence] }
}
