import {
  chmodSync,
  closeSync,
  constants,
  createWriteStream,
  fchmodSync,
  futimesSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { stat } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32, inflateRawSync } from 'node:zlib'
import type { Entry } from 'yauzl'
import type { Listing } from './driver.ts'
import { isBelow } from './inside.ts'
import { bytesOf, createTally, readable, unsafe } from './limits.ts'
import { nothingInside } from './tar.ts'
import { eachEntry, type OpenZip, type ZipEntry } from './zip-entries.ts'

const FILE_MODE = 0o644
const FOLDER_MODE = 0o755
const MOST_ENTRIES_EACH_TURN = 64
/** Up to this size an entry is unpacked in one piece. */
const SMALL_BYTES = 4 * 1024 * 1024
const MAX_TARGET_BYTES = 4_096

/** Reads the directory of a zip, writing nothing: every name must be safe, also those that will not be restored. */
export async function listZip(file: string, inside: string, maxBytes: number, signal: AbortSignal): Promise<Listing> {
  const tally = createTally(file, maxBytes)
  const part = bytesOf(inside)
  let packedBytes = 0
  let notMade = 0
  await eachEntry(file, signal, (entry) => {
    packedBytes += entry.packedBytes
    if (!isBelow(entry.name, part)) return
    tally.add(entry.sizeBytes)
    if (entry.kind === 'other') notMade += 1
  })
  // Entries that share their packed bytes are the way to a bomb of any size in a small file.
  if (packedBytes > (await stat(file)).size) throw unsafe(file, '.', 'has entries that overlap')
  if (tally.listing().entries === 0) throw nothingInside(file, inside)
  return { ...tally.listing(), notMade }
}

/**
 * Extracts what lies below `inside` into `target`, checking each CRC-32. Only after `listZip` found the archive safe. Modes
 * are those of the zip, whatever the umask; of a name that comes twice the last one counts. Links are made when all else
 * is done, so that nothing is ever written through one.
 */
export async function extractZip(file: string, inside: string, target: string, signal: AbortSignal): Promise<void> {
  const part = bytesOf(inside)
  const skip = inside === '.' ? 0 : part.length + 1
  const last = new Map<string, { entry: ZipEntry; raw: Entry }>()
  const visit = (entry: ZipEntry, raw: Entry) => {
    const { kind, name } = entry
    if (kind !== 'other' && isBelow(name, part) && name !== part) last.set(name.slice(skip), { entry, raw })
  }
  await eachEntry(file, signal, visit, async (open) => {
    const folders = new Folders(target)
    const symlinks: [name: string, raw: Entry][] = []
    let done = 0
    for (const [name, { entry, raw }] of last) {
      signal.throwIfAborted()
      done += 1
      if (done % MOST_ENTRIES_EACH_TURN === 0) await nextTurn()
      if (entry.kind === 'folder') folders.make(name, entry.mode)
      else folders.makeAbove(name)
      if (entry.kind === 'symbolic link') symlinks.push([name, raw])
      else if (entry.kind === 'file') await extractOne(open, raw, entry.mode, folders.placeOf(name), signal)
    }
    for (const [name, raw] of symlinks) {
      if (raw.uncompressedSize > MAX_TARGET_BYTES) throw unsafe(file, readable(name), 'is a link without an end')
      symlinkSync(await unpacked(open, raw), folders.placeOf(name))
    }
    folders.setModes()
  })
}

/** The folders that were made, and the modes that they are to get when all is in them. */
class Folders {
  readonly #target: string
  readonly #modes = new Map<string, number>()

  constructor(target: string) {
    this.#target = bytesOf(target)
  }

  placeOf(name: string): Buffer {
    return Buffer.from(`${this.#target}/${name}`, 'latin1')
  }

  make(name: string, mode: number): void {
    if (!this.#modes.has(name)) {
      this.makeAbove(name)
      mkdirSync(this.placeOf(name), { mode: 0o700 })
    }
    this.#modes.set(name, mode === 0 ? FOLDER_MODE : mode)
  }

  makeAbove(name: string): void {
    const end = name.lastIndexOf('/')
    if (end > 0 && !this.#modes.has(name.slice(0, end))) this.make(name.slice(0, end), 0)
  }

  setModes(): void {
    for (const [name, mode] of this.#modes) chmodSync(this.placeOf(name), mode)
  }
}

async function extractOne(open: OpenZip, raw: Entry, mode: number, path: Buffer, signal: AbortSignal): Promise<void> {
  const kept = mode === 0 ? FILE_MODE : mode
  const modified = raw.getLastModDate()
  if (raw.uncompressedSize > SMALL_BYTES || raw.compressedSize > SMALL_BYTES) {
    await extractLarge(open, raw, path, signal)
    chmodSync(path, kept)
    utimesSync(path, modified, modified)
    return
  }
  const bytes = await unpacked(open, raw)
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600)
  try {
    writeFileSync(fd, bytes)
    fchmodSync(fd, kept)
    futimesSync(fd, modified, modified)
  } finally {
    closeSync(fd)
  }
}

/** All of a small entry. */
async function unpacked({ zip, fd }: OpenZip, raw: Entry): Promise<Buffer> {
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(raw, { minimal: true })
  if (raw.compressedSize > SMALL_BYTES) throw wrong(raw, 'is larger than it says')
  const packed = Buffer.alloc(raw.compressedSize)
  if (readSync(fd, packed, 0, packed.length, fileDataStart) !== packed.length) throw wrong(raw, 'ends too early')
  if (!raw.canDecodeFileData())
    throw wrong(raw, `is packed in a way that cannot be read here (${raw.compressionMethod})`)
  const bound = { maxOutputLength: Math.max(1, raw.uncompressedSize) }
  const bytes = raw.compressionMethod === 0 ? packed : inflateRawSync(packed, bound)
  if (bytes.length !== raw.uncompressedSize) throw wrong(raw, 'has another size than it says')
  if (crc32(bytes) !== raw.crc32) throw wrong(raw, 'does not match its checksum')
  return bytes
}

async function extractLarge({ zip }: OpenZip, raw: Entry, path: Buffer, signal: AbortSignal): Promise<void> {
  let sum = 0
  const check = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      sum = crc32(chunk, sum)
      next(null, chunk)
    },
  })
  if (!raw.canDecodeFileData())
    throw wrong(raw, `is packed in a way that cannot be read here (${raw.compressionMethod})`)
  const source = await zip.openReadStreamPromise(raw)
  await pipeline(source, check, createWriteStream(path, { flags: 'wx', mode: 0o600 }), { signal })
  if (sum !== raw.crc32) throw wrong(raw, 'does not match its checksum')
}

function wrong({ fileNameRaw }: Entry, what: string): Error {
  return new Error(`${JSON.stringify(fileNameRaw.toString('utf8'))} ${what}`)
}
