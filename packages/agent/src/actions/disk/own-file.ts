import type { Compared } from '@chaos-lite/shared'
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

/**
 * Removes the file. A removal leaves no trace of who did it, so it is noted beside the record that we are about to, and
 * that nobody else has changed the folder: without the note, and without the file, the folder's time is theirs.
 */
export async function takeAway(
  { host, recordFolder }: ActionContext,
  { folder, folderMtimeNs, path }: Place,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { files } = host
  const witness = await files.stamp(path)
  const changed = { files, folder, beforeNs: folderMtimeNs, witnesses: [witness] }
  const ours = await judgeFolder(changed, { recordFolder, name: NOTE, fades: witness !== null })
  if (witness !== null) await files.remove(path)
  return settled(files, { folder, folderMtimeNs, path }, ours)
}

async function settled(
  files: ActionContext['host']['files'],
  { folder, folderMtimeNs, path }: Place,
  ours: boolean,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const time = await settleFolder(files, folder, folderMtimeNs, ours)
  const now = (await files.exists(path)) ? 'still there' : 'not there'
  return { compared: [item(path, 'not there', now), time], kept: time.same ? [] : [folderKept(folder)] }
}
