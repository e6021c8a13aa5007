import type { Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { lstat, open, rename, unlink } from '../../../small-files/index.ts'
import { noTag, temporaryName } from '../../artefact.ts'
import type { ReplaceOptions } from '../../host.ts'
import { must } from '../must.ts'
import { tryChangeTime } from './change-time.ts'
import { asChaosError, orMissing, sync } from './durable.ts'
import { carryOver, rememberMade } from './known.ts'
import { writeMetadata, writeMtime } from './set-metadata.ts'
import { takeOver } from './take-over.ts'

/**
 * Old bytes or new bytes, never a mixture, whatever happens: a temporary file beside the old one gets everything but the
 * bytes from it, is forced to disk, and takes its name.
 */
export async function replaceFile(path: string, bytes: Uint8Array, options: ReplaceOptions = {}): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, temporaryName(options.tag ?? noTag))
  try {
    const there = await statOf(path)
    const plain = there !== null && options.plain === true
    await writeNew(temporary, bytes, plain ? there : null)
    if (there && !plain) await takeOver(path, temporary)
    else if (!there && options.like)
      await writeMetadata(temporary, { ...options.like, mtimeNs: options.mtimeNs ?? nowNs() })
    if (options.mtimeNs !== undefined) await writeMtime(temporary, options.mtimeNs)
    await sync(temporary)
    const kept = options.keptPath === undefined ? null : await lstat(options.keptPath, { bigint: true })
    await rename(temporary, path)
    if (plain) await rememberMade(path)
    if (kept !== null && options.keptPath !== undefined) await carryOver(options.keptPath, kept)
    await sync(folder)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw asChaosError(error, `${path} cannot be replaced`)
  }
}

/** The whole file, metadata and times included, into a new name beside it. */
export async function copyWhole(from: string, to: string): Promise<void> {
  await must(['cp', '--no-dereference', '--preserve=all', '--no-target-directory', '--', from, to], {
    timeoutMs: 60_000,
  })
  await sync(to)
  await sync(dirname(to))
}

/**
 * Born unreadable for everybody else: the bytes may be secret, the final mode comes later. Mode and owner `like` another
 * file are all that is needed where that one has nothing more: no program is started, which would be most of the time.
 */
async function writeNew(path: string, bytes: Uint8Array, like: Stats | null): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    tryChangeTime(handle.fd, 0o600)
    if (like === null) return
    // In this order: chown(2) clears set-user-id bits.
    await handle.chown(like.uid, like.gid)
    await handle.chmod(like.mode & 0o7777)
  } finally {
    await handle.close()
  }
}

async function statOf(path: string): Promise<Stats | null> {
  return lstat(path).catch(orMissing)
}

function nowNs(): string {
  return `${Date.now()}000000`
}
