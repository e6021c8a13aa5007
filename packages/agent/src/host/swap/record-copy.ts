import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { readFile, writeFile } from '../../small-files/index.ts'
import { digestOf } from './digest.ts'

/**
 * Writes a before-image into the record's private folder, which is the agent's and not the host's. It is on disk once
 * the record is: the journal forces all that lies in the folder to disk before the record counts.
 */
export async function saveCopy(recordFolder: string, name: string, bytes: Uint8Array): Promise<void> {
  await writeFile(join(recordFolder, name), bytes, { mode: 0o600 })
}

/** Reads it back; throws `cannot-restore` when it is not what was written. */
export async function readCopy(recordFolder: string, name: string, digest: string): Promise<Buffer> {
  const path = join(recordFolder, name)
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new ChaosError('cannot-restore', `The saved original ${path} cannot be read.`, { cause })
  })
  if (digestOf(bytes) === digest) return bytes
  throw new ChaosError('cannot-restore', `The saved original ${path} is damaged: its digest is not ${digest}.`)
}
