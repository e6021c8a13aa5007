import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import * as z from 'zod'
import { syncFolder } from '../durable/index.ts'

/**
 * What a restore into place leaves in the record folder of the failure that moved the original aside, so that
 * its revert can distinguish our restored folder from anybody else's: `replacement.json`, durable before the restored folder
 * gets the original's name.
 *
 * For the revert: remove `replacementFolder(folder, recordId)` if it is there (an unfinished restore), and remove what
 * lies at the original's name only when its `inode` and birth are these; `dev` where no birth is known.
 */
export const Replacement = z.strictObject({
  format: z.literal(1),
  dev: z.string().max(32),
  inode: z.string().max(32),
  /** Inode numbers are used again: when it was made distinguishes it from a folder that somebody makes after it was removed. */
  birthNs: z.string().max(32).optional(),
})
export type Replacement = z.infer<typeof Replacement>

const FILE = 'replacement.json'
const WIPED = 'wiped'

/** Where a restore into place is prepared: beside the original, so that one rename finishes it, and marked as ours. */
export function replacementFolder(folder: string, recordId: string): string {
  return join(dirname(folder), `.${basename(folder)}.chaos-lite-restore-${recordId}`)
}

/** Writes `replacement.json`; on disk when it returns. */
export async function writeReplacement(recordFolder: string, made: Omit<Replacement, 'format'>): Promise<void> {
  const { dev, inode, birthNs } = made
  const temporary = join(recordFolder, `${FILE}.new`)
  const handle = await open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(
      JSON.stringify({ format: 1, dev, inode, ...(birthNs === undefined ? {} : { birthNs }) } satisfies Replacement),
    )
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, join(recordFolder, FILE))
  await syncFolder(recordFolder)
}

/** What was put in the original's place, or null. Throws when the file is there but cannot be understood. */
export async function readReplacement(recordFolder: string): Promise<Replacement | null> {
  let text: string
  try {
    text = await readFile(join(recordFolder, FILE), 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    throw thrown
  }
  return Replacement.parse(JSON.parse(text))
}

/** Before an unfinished restore is removed: an inode number that is free again may become somebody else's folder. */
export async function forgetReplacement(recordFolder: string): Promise<void> {
  await rm(join(recordFolder, FILE), { force: true })
  await syncFolder(recordFolder)
}

/**
 * Called right before and right after the last of an unfinished or placed restore is removed beside the original: the
 * times of this note (its birth and its last change) let the revert distinguish that change of the folder from anybody else's.
 * Not synced: that would make it too early.
 */
export async function noteWipe(recordFolder: string): Promise<void> {
  await writeFile(join(recordFolder, WIPED), 'wiped\n', { mode: 0o600 })
}

/** When that was, or null. */
export async function wipeNoted(recordFolder: string): Promise<{ ctimeNs: string; birthNs: string } | null> {
  const found = await stat(join(recordFolder, WIPED), { bigint: true }).catch(() => null)
  return found === null ? null : { ctimeNs: String(found.ctimeNs), birthNs: String(found.birthtimeNs) }
}
