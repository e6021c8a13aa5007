import { join } from 'node:path'
import { archivesAt } from './archive-files.ts'
import type { BackupDriver, DriverContext, Snapshot } from './driver.ts'
import { packingOf } from './packing.ts'
import { extractTar, listTar } from './tar.ts'
import { needTar } from './tar-stream.ts'
import type { Tools } from './tools.ts'

/**
 * Archives as many small shops write them every night: one tar, packed or not, or one zip, or a folder that collects them.
 * What an archive is, its first bytes say, whatever its name.
 */
export const archiveDriver: BackupDriver = {
  name: 'archive',
  program: 'tar',
  keepsOwners: async (snapshot) => !(await isZip(snapshot)),
  snapshots: (context, atMost) => archivesAt(toolsOf(context), context.repository.location, atMost),
  async ready(context, snapshot) {
    if (!(await isZip(snapshot))) await needTar(toolsOf(context), snapshot.id)
  },
  async list(context, { snapshot, inside }, maxBytes) {
    if (await isZip(snapshot)) return (await zip()).listZip(snapshot.id, inside, maxBytes, context.signal)
    return listTar(toolsOf(context), snapshot.id, inside, maxBytes)
  },
  contentsAt: (target, inside) => join(target, inside),
  async restore(context, { snapshot, inside }, target, listed) {
    if (await isZip(snapshot)) await (await zip()).extractZip(snapshot.id, inside, join(target, inside), context.signal)
    else await extractTar(toolsOf(context), snapshot.id, listed, target)
  },
}

/** Loaded when it is needed, with the library that it reads by. */
function zip() {
  return import('./zip.ts')
}

async function isZip({ id }: Snapshot): Promise<boolean> {
  const { kind } = await packingOf(id)
  // A damaged one is reported as what it was to be.
  return kind === 'zip' || (kind === 'unknown' && /\.zip$/i.test(id))
}

function toolsOf({ host, signal }: DriverContext): Tools {
  return { run: host.run.bind(host), signal }
}
