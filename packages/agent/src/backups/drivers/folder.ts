import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { faultOf, oneLine } from '../../text/index.ts'
import { walk } from '../walk.ts'
import type { BackupDriver, DriverContext, Part, Snapshot } from './driver.ts'
import { MAX_ENTRIES, tooLarge } from './limits.ts'

const COPY_MS = 24 * 3_600_000

/** A backup that is a plain copy of the folder (rsync, robocopy, a mounted share). */
export const folderDriver: BackupDriver = {
  name: 'folder',
  keepsOwners: () => true,
  keepsAccess: true,
  snapshots,
  list,
  contentsAt: (target) => target,
  restore,
}

/**
 * A copy keeps the originals' modification times, so the time of the copy is taken from the newest change time (ctime),
 * which no copying tool can set.
 */
async function snapshots({ repository, signal }: DriverContext): Promise<Snapshot[]> {
  let sizeBytes = 0
  let takenMs = 0
  try {
    for await (const entry of walk(repository.location, { maxEntries: MAX_ENTRIES, signal })) {
      if (entry.kind === 'file') sizeBytes += entry.sizeBytes
      takenMs = Math.max(takenMs, entry.ctimeMs)
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw unreadable(repository.location, thrown)
  }
  return [{ id: repository.location, takenMs: Math.round(takenMs), sizeBytes }]
}

async function list({ signal }: DriverContext, { snapshot, inside }: Part, maxBytes: number) {
  const source = join(snapshot.id, inside)
  let entries = 0
  let bytes = 0
  try {
    for await (const entry of walk(source, { maxEntries: MAX_ENTRIES, signal })) {
      entries += 1
      bytes += entry.kind === 'file' ? entry.sizeBytes : 0
      if (bytes > maxBytes) throw tooLarge(source, maxBytes)
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    throw unreadable(source, thrown)
  }
  return { entries, bytes }
}

/** What `cp` says of a device where none may be made: in a box, which has no use for one. */
const NO_DEVICE = /^(?:\S*\/)?cp: cannot create special file .*: Operation not permitted$/

async function restore(
  { host, signal, note }: DriverContext,
  { snapshot, inside }: Part,
  target: string,
): Promise<void> {
  const source = join(snapshot.id, inside, '.')
  const copied = await host.run(['cp', '-a', '--', `${source}/.`, target], { timeoutMs: COPY_MS, signal })
  if (copied.code === 0) return
  const said = copied.stderr.split('\n').filter((line) => line !== '')
  if (said.length > 0 && said.every((line) => NO_DEVICE.test(line))) {
    note?.(`${said.length} devices of the backup were not restored`)
    return
  }
  const full = copied.stderr.includes('No space left')
  const code = full ? 'storage-full' : 'backup-unusable'
  throw new ChaosError(code, `The copy of ${source} failed: ${oneLine(copied.stderr, 200)}`)
}

function unreadable(location: string, thrown: unknown): ChaosError {
  if (thrown instanceof ChaosError) return thrown
  const text = `The backup ${location} cannot be read: ${faultOf(thrown)}`
  return new ChaosError('backup-unusable', text, { cause: thrown })
}
