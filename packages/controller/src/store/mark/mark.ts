import { existsSync, readFileSync, rmSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import * as z from 'zod'
import { writeDurably } from '../../tls/index.ts'

/** The name of the mark, beside the database. */
export const MARK = 'controller.mark'
const FORMAT = 1

/** What the database holds at least. Facts are never deleted and changes only counted up, so both numbers only rise. */
export const Counts = z.object({
  storeId: z.string().regex(/^[0-9a-f]{32}$/),
  /** SHA-256 of the public half of the signing key. */
  controllerKey: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  schema: z.int().min(0),
  facts: z.int().min(0),
  /** Changes of everything but facts. */
  changes: z.int().min(0),
})
export type Counts = z.infer<typeof Counts>

/**
 * A small durable file beside the database that says which store is here and what it holds at least. It is the difference
 * between a folder that is new and one whose database was lost: nothing is started anew beside it.
 */
export const Mark = Counts.extend({
  format: z.literal(FORMAT),
  /** Of the database file: another one belongs to a copy, which is checked as a whole before it is used. */
  inode: z.string(),
  writtenMs: z.int(),
})
export type Mark = z.infer<typeof Mark>

/** The mark of a data folder; null where there is none. Throws `wrong-state` for one that cannot be read. */
export function readMark(folder: string): Mark | null {
  const file = join(folder, MARK)
  if (!existsSync(file)) return null
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw damaged(file, sentenceOf(cause), cause)
  }
  const newer = z.object({ format: z.int().min(FORMAT + 1) }).safeParse(read)
  if (newer.success) {
    throw new ChaosError(
      'wrong-state',
      `The data folder was written by a newer controller (${file} has format ${newer.data.format}; this one knows ${FORMAT}). Start the newer version.`,
    )
  }
  const mark = Mark.safeParse(read)
  if (!mark.success) throw damaged(file, 'it does not have the expected fields', mark.error)
  return mark.data
}

/** The text of a mark, with the time of now. `inode` is that of the database file that these counts describe. */
function markText(counts: Counts, inode: string): string {
  return `${JSON.stringify({ format: FORMAT, ...counts, inode, writtenMs: Date.now() } satisfies Mark, null, 2)}\n`
}

/** Writes it so that it survives a power cut whole. */
export function writeMark(folder: string, counts: Counts, inode: string): void {
  const file = join(folder, MARK)
  try {
    writeDurably(file, markText(counts, inode), 0o600)
  } catch (error) {
    rmSync(`${file}.new`, { force: true })
    throw error
  }
}

/** The same without holding the event loop while the disk works. */
export async function writeMarkSoon(folder: string, counts: Counts, inode: string): Promise<void> {
  const file = join(folder, MARK)
  const fresh = `${file}.new`
  try {
    const handle = await open(fresh, 'w', 0o600)
    try {
      await handle.writeFile(markText(counts, inode))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(fresh, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw error
  }
}

/** Windows has no such call, and needs none on NTFS. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function damaged(file: string, why: string, cause: unknown): ChaosError {
  return new ChaosError(
    'wrong-state',
    `The mark of the data folder, ${file}, cannot be read (${why}). It says what the database must hold. If controller.db beside it is the newest one, remove the mark and start again; otherwise restore a backup into another folder with "chaos-lite-controller restore".`,
    { cause },
  )
}
