import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { ChaosError } from '@chaos-lite/shared'
import { faultOf } from '../../text/index.ts'
import { notRegular, openRegular } from '../regular-file.ts'
import type { Snapshot } from './driver.ts'
import { packingOf, packingOfHead, type Unpacker } from './packing.ts'
import { runTool, type Tools } from './tools.ts'

const MOST_FILES = 100_000
const LOOK_MS = 60_000
const HEAD_BYTES = 512

/** Files that are written beside an archive and describe it. */
const BESIDES =
  /\.(?:md5|sha\d*|crc(?:32)?|(?:md5|sha\d*)?sums?|asc|sig|sign|minisig|par2|log|txt|json|xml|ya?ml|csv|lst|list|idx|index|info|manifest|meta|snar|html?|err|out|done|ok|lock|pid|stamp)$/i
/** Not finished yet, as the programs say that write or copy them. */
const UNFINISHED = /^\.|(?:\.(?:part|partial|tmp|temp|filepart|crdownload|incomplete|swp)|~)$/i
/** Archives by their name, also where the rest of it says that they are encrypted or packed in another way. */
const ARCHIVE =
  /(?:\.(?:tar|t[aglx]z|tz|tbz2?|tb2|tzst?|tlz4?|zip|7z|rar)(?:\.(?:gpg|pgp|age|enc|aes))?|\.tar\.[a-z0-9]{1,8}(?:\.(?:gpg|pgp|age|enc|aes))?)$/i
/** A tar by its name, and more behind it: `nightly.tar.xz.1`. */
const TAR_WITHIN = /\.t(?:ar|gz|xz|bz2?|zst)\b/i
/** Something else by its name, before what packs it: `erp.sql.gz`. */
const ELSE_PACKED = /\.[a-z][a-z0-9]{1,7}\.[a-z0-9]{1,5}$/i
/** Packed, and surely no tar: a folder may hold thousands of them, and to look into each takes a program. */
const NO_TAR = /\.(?:sql|dump|log|txt|csv|json|xml|img|raw|iso|qcow2|vma)\.[a-z0-9]{1,5}$/i
/** A zip by its first bytes may be a document or a program: its name must leave that open. */
const ZIP_LEFT_OPEN = /\.zip\b|(?:^|\.)[^.]*\d[^.]*$|^[^.]+$/i

/**
 * The archives at `location`, which is one of them or a folder, newest first. In a folder everything counts that is an
 * archive by its name or by its first bytes: one that cannot be read must fail the exercise, and never leave its place to
 * an older one. @throws ChaosError `backup-unusable`
 */
export async function archivesAt(tools: Tools, location: string, atMost: number): Promise<Snapshot[]> {
  try {
    const found = await stat(location)
    if (!found.isDirectory() && !found.isFile()) throw notRegular(location)
    if (found.isFile()) return [snapshotOf(location, found)]
    const chosen: Snapshot[] = []
    for (const file of await filesIn(location)) {
      tools.signal.throwIfAborted()
      if (chosen.length >= atMost) break
      if (await isArchive(tools, file.id)) chosen.push(file)
    }
    return chosen
  } catch (thrown) {
    if (thrown instanceof ChaosError || tools.signal.aborted) throw thrown
    throw new ChaosError('backup-unusable', `The backup ${location} cannot be read: ${faultOf(thrown)}`, {
      cause: thrown,
    })
  }
}

async function filesIn(folder: string): Promise<Snapshot[]> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && !BESIDES.test(entry.name) && !UNFINISHED.test(entry.name))
    .map(({ name }) => name)
  if (names.length > MOST_FILES)
    throw new ChaosError('backup-unusable', `${folder} holds more than ${MOST_FILES} files`)
  const all: Snapshot[] = []
  for (const name of names) {
    const path = join(folder, name)
    // Old archives are removed while we look.
    const found = await stat(path).catch(() => null)
    if (found?.isFile()) all.push(snapshotOf(path, found))
  }
  return all.sort((a, b) => b.takenMs - a.takenMs || b.id.localeCompare(a.id))
}

function snapshotOf(path: string, { mtimeMs, size }: { mtimeMs: number; size: number }): Snapshot {
  return { id: path, takenMs: Math.round(mtimeMs), sizeBytes: size }
}

async function isArchive(tools: Tools, path: string): Promise<boolean> {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (ARCHIVE.test(name)) return true
  if (NO_TAR.test(name)) return false
  const packing = await packingOf(path).catch(() => ({ kind: 'unknown' }) as const)
  if (packing.kind === 'tar') return true
  if (packing.kind === 'zip') return ZIP_LEFT_OPEN.test(name)
  const otherwise = TAR_WITHIN.test(name) || !ELSE_PACKED.test(name)
  return packing.kind === 'packed' && (await packsTar(tools, path, packing.by, otherwise))
}

/** Looks at the first bytes of what is packed. `otherwise`: what is answered when nothing here can unpack it. */
async function packsTar(tools: Tools, path: string, by: Unpacker, otherwise: boolean): Promise<boolean> {
  const enough = new Error('enough was read')
  let head = Buffer.alloc(0)
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      head = Buffer.concat([head, chunk])
      done(head.length >= HEAD_BYTES ? enough : null)
    },
  })
  try {
    await using file = await openRegular(path)
    const how = { pack: by.package, timeoutMs: LOOK_MS, inputFd: file.fd, output }
    await runTool(tools, [by.program, ...by.args], how)
  } catch (thrown) {
    tools.signal.throwIfAborted()
    if (thrown instanceof ChaosError && thrown.code === 'capability-missing') return otherwise
  }
  return packingOfHead(head.subarray(0, HEAD_BYTES)).kind === 'tar'
}
