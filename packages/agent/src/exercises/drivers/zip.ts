import { isUtf8 } from 'node:buffer'
import { createWriteStream } from 'node:fs'
import { chmod, mkdir, stat, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import type { Entry, ZipFile } from 'yauzl'
import { oneLine } from '../../probes/text.ts'
import { openRegular } from '../regular-file.ts'
import type { Listing } from './driver.ts'
import { entryName, isBelow } from './inside.ts'
import { type ArchiveEntry, createTally, unsafe } from './limits.ts'
import { nothingInside } from './tar.ts'

/** Bits of `st_mode` (inode(7)), which Unix zips keep in the upper half of the external attributes. */
const KIND_MASK = 0o170000
const FILE = 0o100000
const FOLDER = 0o040000
const LINK = 0o120000

/** Reads the directory of a zip, writing nothing: every entry must be safe, also those that will not be restored. */
export async function listZip(file: string, inside: string, maxBytes: number, signal: AbortSignal): Promise<Listing> {
  const tally = createTally(file, maxBytes)
  const rest = createTally(file, Number.MAX_SAFE_INTEGER)
  const seen = new Set<string>()
  let packedBytes = 0
  await eachEntry(file, signal, async (entry) => {
    const described = describe(file, entry)
    const name = entryName(described.path)
    if (seen.has(name)) throw unsafe(file, name, 'stands in it twice')
    seen.add(name)
    packedBytes += entry.compressedSize
    ;(isBelow(name, inside) ? tally : rest).add(described)
  })
  // Entries that share their packed bytes are the way to a bomb of any size in a small file.
  if (packedBytes > (await stat(file)).size) throw unsafe(file, '.', 'has entries that overlap')
  if (tally.listing().entries === 0) throw nothingInside(file, inside)
  return tally.listing()
}

/** Extracts what lies below `inside` into `target`, checking each CRC-32. Only after `listZip` found the archive safe. */
export async function extractZip(file: string, inside: string, target: string, signal: AbortSignal): Promise<void> {
  const skip = inside === '.' ? 0 : inside.length + 1
  const again = createTally(file, Number.MAX_SAFE_INTEGER)
  await eachEntry(file, signal, async (entry, zip) => {
    const described = describe(file, entry)
    again.add(described)
    const name = entryName(described.path)
    if (!isBelow(name, inside) || name === inside) return
    const path = join(target, name.slice(skip))
    if (described.kind === 'folder') {
      await mkdir(path, { recursive: true })
      return
    }
    await mkdir(dirname(path), { recursive: true })
    await extractOne(zip, entry, path, signal)
  })
}

async function extractOne(zip: ZipFile, entry: Entry, path: string, signal: AbortSignal): Promise<void> {
  let sum = 0
  const check = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      sum = crc32(chunk, sum)
      next(null, chunk)
    },
  })
  const source = await zip.openReadStreamPromise(entry)
  await pipeline(source, check, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
  if (sum !== entry.crc32) throw new Error(`${JSON.stringify(entry.fileName)} does not match its checksum`)
  const mode = (entry.externalFileAttributes >>> 16) & 0o777
  await chmod(path, mode === 0 ? 0o644 : mode)
  const modified = entry.getLastModDate()
  await utimes(path, modified, modified)
}

async function eachEntry(
  file: string,
  signal: AbortSignal,
  visit: (entry: Entry, zip: ZipFile) => Promise<void>,
): Promise<void> {
  const { openPromise } = await import('yauzl')
  let zip: ZipFile | null = null
  try {
    // That it is a file; the library opens it by its name.
    await (await openRegular(file)).close()
    zip = await openPromise(file, { strictFileNames: true, validateEntrySizes: true, autoClose: false })
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted()
      await visit(entry, zip)
    }
  } catch (thrown) {
    if (thrown instanceof ChaosError || signal.aborted) throw thrown
    const why = oneLine(sentenceOf(thrown), 200)
    const code = (thrown as { code?: unknown }).code === 'ENOSPC' ? 'storage-full' : 'backup-unusable'
    throw new ChaosError(code, `The archive ${file} could not be read to its end: ${why}`, { cause: thrown })
  } finally {
    zip?.close()
  }
}

function describe(file: string, entry: Entry): ArchiveEntry {
  if (entry.isEncrypted()) throw unsafe(file, entry.fileName, 'is encrypted, which this driver cannot read')
  const mode = (entry.externalFileAttributes >>> 16) & KIND_MASK
  if (mode === LINK) throw unsafe(file, entry.fileName, 'is a link, which no zip backup needs')
  const name = nameOf(entry)
  const folder = name.endsWith('/')
  const known = mode === 0 || mode === FILE || mode === FOLDER
  const kind = known ? (folder ? 'folder' : 'file') : 'other'
  return { path: name.replace(/\/+$/, ''), kind, sizeBytes: entry.uncompressedSize, target: '' }
}

/** Many programs write UTF-8 without saying so, which would be read as the code page of 1981. */
function nameOf(entry: Entry): string {
  const saysUtf8 = (entry.generalPurposeBitFlag & 0x800) !== 0 || entry.extraFields.some(({ id }) => id === 0x7075)
  if (saysUtf8 || !isUtf8(entry.fileNameRaw)) return entry.fileName
  return entry.fileNameRaw.toString('utf8')
}
