import { open, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { digestOf } from './digest.ts'

/** Writes a before-image into the record's private folder; on disk when it returns. The folder is the agent's, not the host's. */
export async function saveCopy(recordFolder: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(recordFolder, name)
  await syncing(path, 'w', (handle) => handle.writeFile(bytes))
  await syncing(dirname(path), 'r', async () => {})
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

async function syncing(path: string, flags: string, work: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>) {
  const handle = await open(path, flags, 0o600)
  try {
    await work(handle)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
