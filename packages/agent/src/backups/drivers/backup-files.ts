import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { faultOf } from '../../text/index.ts'
import { openRegular } from '../regular-file.ts'
import type { Snapshot } from './driver.ts'

const MOST_FILES = 10_000

/** How a driver finds its backups, which are one file each. */
export interface FileKind {
  /** The first bytes of every such file. */
  readonly magic: string
  /** What is said of a file that is none: `… is ${not}`. */
  readonly not: string
  /** Names in a folder that are parts of others. */
  readonly besides?: RegExp
}

/**
 * The backups at `location`, which is one file or a folder of them, newest first. A copy that keeps times has the time of
 * the last change that is in it; one that does not, the time of the copy. @throws ChaosError `backup-unusable`
 */
export async function backupFiles(location: string, kind: FileKind, atMost: number): Promise<Snapshot[]> {
  try {
    const found = await stat(location)
    if (!found.isDirectory()) {
      if (await begins(location, kind.magic)) return [snapshotOf(location, found)]
      throw new ChaosError('backup-unusable', `${location} is ${kind.not}`)
    }
    const names = (await readdir(location)).filter((name) => kind.besides?.test(name) !== true)
    if (names.length > MOST_FILES)
      throw new ChaosError('backup-unusable', `${location} holds more than ${MOST_FILES} files`)
    const all: Snapshot[] = []
    const others: Snapshot[] = []
    for (const name of names) {
      const path = join(location, name)
      // Old backups are removed while we look.
      const each = await stat(path).catch(() => null)
      if (!each?.isFile()) continue
      const list = (await begins(path, kind.magic)) ? all : others
      list.push(snapshotOf(path, each))
    }
    all.sort((a, b) => b.takenMs - a.takenMs)
    refusePacked(all[0], others)
    return all.slice(0, atMost)
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown
    throw new ChaosError('backup-unusable', `The backup ${location} cannot be read: ${faultOf(thrown)}`, {
      cause: thrown,
    })
  }
}

/** What is said behind the name of a backup when it is packed or encrypted. */
const PACKED = /\.(?:gz|xz|zst|bz2|lz4|lz|lzo|br|zip|7z|rar|gpg|pgp|age|enc|aes)$/i

/** A job that packs its backups since some day must not leave the last plain one to be taken for the newest. */
function refusePacked(newest: Snapshot | undefined, others: readonly Snapshot[]): void {
  if (newest === undefined) return
  const packed = others.find(
    ({ id, takenMs }) =>
      takenMs > newest.takenMs && PACKED.test(id) && extname(id.replace(PACKED, '')) === extname(newest.id),
  )
  if (packed === undefined) return
  const text = `${packed.id} is newer than ${newest.id}, and is packed or encrypted, which cannot be read here`
  throw new ChaosError('backup-unusable', text)
}

function snapshotOf(path: string, { mtimeMs, size }: { mtimeMs: number; size: number }): Snapshot {
  return { id: path, takenMs: Math.round(mtimeMs), sizeBytes: size }
}

async function begins(path: string, magic: string): Promise<boolean> {
  await using file = await openRegular(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(magic.length), 0, magic.length, 0)
  return bytesRead === magic.length && buffer.toString('latin1') === magic
}
