import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { syncFolder } from '../../durable/index.ts'
import { lstat, readFile, rename, writeFile } from '../../small-files/index.ts'

const Note = z.strictObject({ ours: z.boolean(), atNs: z.string().regex(/^-?\d{1,20}$/) })

/** Whose change of a folder was the last, as an earlier attempt at rolling back found it. */
export interface FolderNote extends z.infer<typeof Note> {
  /** When it was noted, by the clock of the file system. */
  readonly ctimeNs: string
}

/**
 * Keeps the judgement beside the record, on the disk when it returns, where the disk lets it. `atNs` is the folder's time
 * when it was judged. Never throws: on a failing disk rolling back matters more than the time of a folder, and a note
 * that only outlasts our death is better than none.
 */
export async function noteFolder(
  recordFolder: string,
  name: string,
  judged: Omit<FolderNote, 'ctimeNs'>,
): Promise<void> {
  const path = pathOf(recordFolder, name)
  try {
    await writeFile(`${path}.new`, JSON.stringify({ ours: judged.ours, atNs: judged.atNs }), { mode: 0o600 })
    await syncFolder(`${path}.new`).catch(() => undefined)
    await rename(`${path}.new`, path)
    await syncFolder(recordFolder).catch(() => undefined)
  } catch {
    // No room: a note that says the same is only made younger, which takes none.
    if ((await folderNote(recordFolder, name))?.ours !== judged.ours) return
    await utimes(path, new Date(), new Date()).catch(() => undefined)
  }
}

/** Null where nothing was noted, or what lies there is not ours to understand: then only the files show it. */
export async function folderNote(recordFolder: string, name: string): Promise<FolderNote | null> {
  const path = pathOf(recordFolder, name)
  try {
    const [text, { ctimeNs }] = await Promise.all([readFile(path, 'utf8'), lstat(path, { bigint: true })])
    return { ...Note.parse(JSON.parse(text)), ctimeNs: String(ctimeNs) }
  } catch {
    return null
  }
}

function pathOf(recordFolder: string, name: string): string {
  return join(recordFolder, `${name}.folder`)
}
