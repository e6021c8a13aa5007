import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { line } from '@chaos-lite/shared'
import * as z from 'zod'
import { codeOf, syncFolder, writeNew } from '../../durable/index.ts'

/** Beside the record: units that the manager stopped with the service though nobody foresaw it. */
export const lateFile = 'late-units.json'

/** Units that a stop took with it although the plan did not contain them: systemd named them when the stop began. */
const Late = z.strictObject({ units: z.array(line(256)).max(4096) })

/** Beside the record, on the disk when it returns: only then is the stop cancelled. Adds to what is there. */
export async function noteLate(recordFolder: string, units: readonly string[]): Promise<void> {
  const known = await readLate(recordFolder)
  const path = join(recordFolder, lateFile)
  await rm(`${path}.new`, { force: true })
  await writeNew(`${path}.new`, Buffer.from(JSON.stringify({ units: [...new Set([...known, ...units])] })))
  await rename(`${path}.new`, path)
  await syncFolder(recordFolder)
}

/** The names of those units; empty where nothing was noted. Throws for a file that cannot be read. */
export async function readLate(recordFolder: string): Promise<readonly string[]> {
  try {
    return Late.parse(JSON.parse(await readFile(join(recordFolder, lateFile), 'utf8'))).units
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return []
    throw thrown
  }
}
