import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { codeOf, syncFolder, writeNew } from '../../durable/index.ts'
import { isSame, mostProcesses, type ProcessUndo, Suspended } from './process-undo.ts'

/** Beside the record: what the inject found only while it ran, so that a rollback after a crash knows it too. */
export const lateFile = 'late.json'

/** What became of the processes between `prepare` and `inject`: some had ended by themselves, others were new. */
const Late = z.strictObject({
  ended: z.array(Suspended).max(10 * mostProcesses),
  added: z.array(Suspended).max(mostProcesses),
})
/** Processes that appeared (`added`) or ended (`ended`) between preparing and suspending. */
export type Late = z.infer<typeof Late>

/** Beside the record, on the disk when it returns: only then is one of them suspended. */
export async function writeLate(recordFolder: string, late: Late): Promise<void> {
  const path = join(recordFolder, lateFile)
  await rm(`${path}.new`, { force: true })
  await writeNew(`${path}.new`, Buffer.from(JSON.stringify(late)))
  await rename(`${path}.new`, path)
  await syncFolder(recordFolder)
}

/**
 * Empty lists where nothing was noted. Throws for a file that cannot be read: it may name processes that still hang.
 */
export async function readLate(recordFolder: string): Promise<Late> {
  try {
    return Late.parse(JSON.parse(await readFile(join(recordFolder, lateFile), 'utf8')))
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return { ended: [], added: [] }
    throw thrown
  }
}

/** The processes that may be suspended by us. */
export function ours({ processes }: ProcessUndo, { ended, added }: Late): readonly Suspended[] {
  return [...processes.filter((each) => !ended.some((one) => isSame(one, each))), ...added]
}
