import { join } from 'node:path'
import * as z from 'zod'
import { syncFolder } from '../../durable/index.ts'
import { readFile, rename, writeFile } from '../../small-files/index.ts'

const Note = z.strictObject({ place: z.string().max(4096), why: z.string().max(1024) })
const FILE = 'kept-copy.json'

/**
 * Why the restored copy is kept, written before it gets the name under which it stays: a later attempt finds it there,
 * and can compare it no more. Never throws: without the note the copy is kept and named all the same.
 */
export async function noteKept(recordFolder: string, place: string, why: string): Promise<void> {
  const path = join(recordFolder, FILE)
  try {
    await writeFile(`${path}.new`, JSON.stringify({ place, why: why.slice(0, 1000) }), { mode: 0o600 })
    await syncFolder(`${path}.new`)
    await rename(`${path}.new`, path)
    await syncFolder(recordFolder)
  } catch {
    // No room, or a failing disk.
  }
}

/** The reason why the copy at `place` is kept, or null where none was noted. */
export async function keptBecause(recordFolder: string, place: string): Promise<string | null> {
  try {
    const note = Note.parse(JSON.parse(await readFile(join(recordFolder, FILE), 'utf8')))
    return note.place === place ? note.why : null
  } catch {
    return null
  }
}
