import { lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Compared } from '@chaos-lite/shared'
import { folderIsOurs, folderKept, item, settleFolder } from '../../host/swap/index.ts'
import { codeOf, writeNew } from '../../journal/durable.ts'
import type { ActionContext } from '../action.ts'
import type { FillUndo } from './undo.ts'

/** A file of our own, and the folder that it lies in. */
type Place = Pick<FillUndo, 'folder' | 'folderMtimeNs' | 'path'>

const noteFile = 'taken-away'

/**
 * Removes the file. A removal leaves no trace of who did it, so a note beside the record says that we are
 * about to, and that nobody else has changed the folder: without it, and without the file, the folder's time is theirs.
 */
export async function takeAway(
  { host, recordFolder }: ActionContext,
  { folder, folderMtimeNs, path }: Place,
): Promise<{ compared: readonly Compared[]; kept: readonly string[] }> {
  const { files } = host
  const note = join(recordFolder, noteFile)
  const witness = await files.stamp(path)
  if (witness !== null) {
    const ours = await folderIsOurs(files, folder, folderMtimeNs, [witness])
    await rm(note, { force: true })
    // Room matters more than the note: on a full disk it is left out.
    if (ours) await writeNew(note, Buffer.from(path)).catch(() => undefined)
    await files.remove(path)
    return settled(files, { folder, folderMtimeNs, path }, ours)
  }
  const ours = await folderIsOurs(files, folder, folderMtimeNs, [await noteStamp(note)])
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

async function noteStamp(note: string): Promise<{ ctimeNs: string; birthNs: string } | null> {
  try {
    const { ctimeNs, birthtimeNs } = await lstat(note, { bigint: true })
    return { ctimeNs: String(ctimeNs), birthNs: String(birthtimeNs) }
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null
    throw thrown
  }
}
