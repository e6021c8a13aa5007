import { isUtf8 } from 'node:buffer'
import { readSync } from 'node:fs'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { ChaosError, sentenceOf } from '@chaos-lite/shared'
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader, type ZipFile } from 'yauzl'
import { oneLine } from '../../text/index.ts'
import { openRegular } from '../regular-file.ts'
import { entryName } from './inside.ts'
import { bytesOf, nameComplaint, readable, unsafe } from './limits.ts'

/** Bits of `st_mode` (inode(7)), which Unix zips keep in the upper half of the external attributes. */
const KIND_MASK = 0o170000
const FILE = 0o100000
const FOLDER = 0o040000
const LINK = 0o120000
/** APPNOTE.TXT 4.4.2.2: who made an entry decides what its name and its attributes mean. */
const MADE_BY_UNIX = 3
const SAYS_UTF8 = 0x800
const UNICODE_PATH = 0x7075
const TURN = 256
const PIECE_BYTES = 256 * 1024

/** One entry of a zip. Its name has one character for each byte, and no slash at its ends. */
export interface ZipEntry {
  readonly kind: 'file' | 'folder' | 'symbolic link' | 'other'
  readonly name: string
  readonly sizeBytes: number
  readonly packedBytes: number
  /** Permissions; 0 where none are kept. */
  readonly mode: number
}

/** An open zip: its entries, and the file that their bytes are in. */
export interface OpenZip {
  readonly zip: ZipFile
  readonly fd: number
}

/** Visits every entry, in the order of the zip. @throws ChaosError where one is not safe to restore, or cannot be read */
export async function eachEntry(
  file: string,
  signal: AbortSignal,
  visit: (entry: ZipEntry, raw: Entry) => void,
  then?: (open: OpenZip) => Promise<void>,
): Promise<void> {
  try {
    await using handle = await openRegular(file)
    const { size } = await handle.stat()
    const options = { decodeStrings: false, validateEntrySizes: true, autoClose: false } as const
    const zip = await fromRandomAccessReaderPromise(new Window(handle.fd), size, options)
    let seen = 0
    for await (const raw of zip.eachEntry()) {
      signal.throwIfAborted()
      visit(described(file, raw), raw)
      seen += 1
      if (seen % TURN === 0) await nextTurn()
    }
    await then?.({ zip, fd: handle.fd })
    zip.close()
  } catch (thrown) {
    if (thrown instanceof ChaosError || signal.aborted) throw thrown
    const why = oneLine(sentenceOf(thrown), 200)
    const code = (thrown as { code?: unknown }).code === 'ENOSPC' ? 'storage-full' : 'backup-unusable'
    throw new ChaosError(code, `The archive ${file} could not be read to its end: ${why}`, { cause: thrown })
  }
}

function described(file: string, raw: Entry): ZipEntry {
  const name = nameOf(raw)
  if (raw.isEncrypted()) throw unsafe(file, readable(name), 'is encrypted, which this driver cannot read')
  const complaint = nameComplaint(name)
  if (complaint !== null) throw unsafe(file, readable(name), complaint)
  const attributes = raw.externalFileAttributes >>> 16
  return {
    kind: kindOf(attributes & KIND_MASK, name),
    name: entryName(name.replace(/^\/+/, '')),
    sizeBytes: raw.uncompressedSize,
    packedBytes: raw.compressedSize,
    mode: attributes & 0o777,
  }
}

function kindOf(bits: number, name: string): ZipEntry['kind'] {
  if (bits === LINK) return 'symbolic link'
  if (bits === 0 || bits === FILE || bits === FOLDER) return bits === FOLDER || name.endsWith('/') ? 'folder' : 'file'
  return 'other'
}

/**
 * The name in bytes. Many programs write UTF-8 without saying so; on Unix a name is bytes and need be no text; what
 * else there is was made on Windows, in the code page of 1981 and often with its own kind of slash.
 */
function nameOf({ fileNameRaw, generalPurposeBitFlag, extraFields, versionMadeBy }: Entry): string {
  const byUnix = versionMadeBy >>> 8 === MADE_BY_UNIX
  const tellsMore = extraFields.some(({ id }) => id === UNICODE_PATH)
  const asItIs = (generalPurposeBitFlag & SAYS_UTF8) !== 0 || (!tellsMore && (byUnix || isUtf8(fileNameRaw)))
  const name = asItIs
    ? fileNameRaw.toString('latin1')
    : bytesOf(getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true))
  return byUnix ? name : name.replaceAll('\\', '/')
}

/** Reads a file in large pieces, at once: a directory of a hundred thousand entries is read in as many small ones. */
class Window extends RandomAccessReader {
  readonly #fd: number
  readonly #bytes = Buffer.alloc(PIECE_BYTES)
  #from = 0
  #length = 0

  constructor(fd: number) {
    super()
    this.#fd = fd
  }

  override _readStreamForRange(start: number, end: number) {
    return Readable.from(piecesOf(this.#fd, start, end))
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      callback(this.#copied(buffer, offset, length, position) ? null : new Error('it ends too early'))
    } catch (thrown) {
      callback(thrown as Error)
    }
  }

  #copied(buffer: Buffer, offset: number, length: number, position: number): boolean {
    if (length > this.#bytes.length) return readSync(this.#fd, buffer, offset, length, position) === length
    if (position < this.#from || position + length > this.#from + this.#length) {
      this.#from = position
      this.#length = readSync(this.#fd, this.#bytes, 0, this.#bytes.length, position)
    }
    const at = position - this.#from
    return this.#bytes.copy(buffer, offset, at, Math.min(at + length, this.#length)) === length
  }
}

/** A stream of Node.js would close the file, which is not its own. */
function* piecesOf(fd: number, start: number, end: number): Generator<Buffer> {
  for (let at = start; at < end; ) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, end - at))
    const length = readSync(fd, piece, 0, piece.length, at)
    if (length === 0) return
    at += length
    yield piece.subarray(0, length)
  }
}
