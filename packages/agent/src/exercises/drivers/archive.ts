import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { faultOf } from '../../probes/text.ts'
import { notRegular } from '../regular-file.ts'
import type { BackupDriver, DriverContext, Snapshot } from './driver.ts'
import { extractTar, listTar } from './tar.ts'
import { extractZip, listZip } from './zip.ts'

const ARCHIVE = /\.(?:tar|tar\.gz|tgz|zip)$/i
const MOST_ARCHIVES = 10_000

/** Archives as many small shops write them every night: one tar, tar.gz or zip, or a folder that collects them. */
export const archiveDriver: BackupDriver = {
  name: 'archive',
  keepsOwners: (snapshot) => !isZip(snapshot),
  snapshots,
  list: ({ signal }, { snapshot, inside }, maxBytes) =>
    isZip(snapshot) ? listZip(snapshot.id, inside, maxBytes, signal) : listTar(snapshot.id, inside, maxBytes, signal),
  contentsAt: (target) => target,
  restore: ({ signal }, { snapshot, inside }, target) =>
    isZip(snapshot) ? extractZip(snapshot.id, inside, target, signal) : extractTar(snapshot.id, inside, target, signal),
}

function isZip(snapshot: Snapshot): boolean {
  return /\.zip$/i.test(snapshot.id)
}

async function snapshots({ repository }: DriverContext, atMost: number): Promise<Snapshot[]> {
  const { location } = repository
  try {
    const found = await stat(location)
    if (!found.isDirectory() && !found.isFile()) throw notRegular(location)
    if (found.isFile()) return [{ id: location, takenMs: Math.round(found.mtimeMs), sizeBytes: found.size }]
    const names = (await readdir(location, { withFileTypes: true }))
      .filter((entry) => entry.isFile() && ARCHIVE.test(entry.name))
      .slice(0, MOST_ARCHIVES)
    const all: Snapshot[] = []
    for (const { name } of names) {
      const { mtimeMs, size } = await stat(join(location, name))
      all.push({ id: join(location, name), takenMs: Math.round(mtimeMs), sizeBytes: size })
    }
    return all.sort((a, b) => b.takenMs - a.takenMs || b.id.localeCompare(a.id)).slice(0, atMost)
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown
    throw new ChaosError('backup-unusable', `The backup ${location} cannot be read: ${faultOf(thrown)}`, {
      cause: thrown,
    })
  }
}
