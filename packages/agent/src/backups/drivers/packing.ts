import { openRegular } from '../regular-file.ts'

/** A program that unpacks, from its standard input to its standard output. */
export interface Unpacker {
  readonly program: string
  readonly args: readonly string[]
  /** As Debian calls it. */
  readonly package: string
}

/** What the first bytes of a file say that it is. */
export type Packing =
  | { readonly kind: 'tar' | 'zip' | 'unknown' }
  | { readonly kind: 'packed'; readonly by: Unpacker }
  /** Known, and nothing that a restore can read; `as` is what people call it. */
  | { readonly kind: 'foreign'; readonly as: string }

const gzip: Unpacker = { program: 'gzip', args: ['-dc'], package: 'gzip' }
const xz: Unpacker = { program: 'xz', args: ['-dc'], package: 'xz-utils' }
const zstd: Unpacker = { program: 'zstd', args: ['-dcq', '--long=31'], package: 'zstd' }
const lz4: Unpacker = { program: 'lz4', args: ['-dcq'], package: 'lz4' }

const packed = (by: Unpacker) => ({ kind: 'packed', by }) as const
const foreign = (as: string) => ({ kind: 'foreign', as }) as const

const bzip2: Unpacker = { program: 'bzip2', args: ['-dc'], package: 'bzip2' }
const lzip: Unpacker = { program: 'lzip', args: ['-dc'], package: 'lzip' }
const lzop: Unpacker = { program: 'lzop', args: ['-dcq'], package: 'lzop' }
const zip = { kind: 'zip' } as const

/** First bytes in hexadecimal; a dot is any digit. */
const beginnings: readonly [string, Packing][] = [
  ['1f8b', packed(gzip)],
  ['1f9d', packed(gzip)],
  ['1f9e', packed(gzip)],
  ['1fa0', packed(gzip)],
  ['fd377a585a00', packed(xz)],
  // The form before xz, with the size or without.
  ['5d0000....ffffffffffffffff', packed(xz)],
  ['5d0000..............000000', packed(xz)],
  ['28b52ffd', packed(zstd)],
  // pzstd begins with a frame that is to be skipped.
  ['5.2a4d18', packed(zstd)],
  ['425a68', packed(bzip2)],
  ['04224d18', packed(lz4)],
  ['02214c18', packed(lz4)],
  ['4c5a4950', packed(lzip)],
  ['894c5a4f000d0a1a0a', packed(lzop)],
  ['504b0304', zip],
  ['504b0506', zip],
  ['504b0708', zip],
  ['377abcaf271c', foreign('a 7z archive')],
  ['526172211a07', foreign('a RAR archive')],
  [hexOf('-----BEGIN PGP'), foreign('encrypted')],
  [hexOf('-----BEGIN AGE'), foreign('encrypted')],
  [hexOf('age-encryption.org/'), foreign('encrypted')],
  [hexOf('Salted__'), foreign('encrypted')],
]

function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

const HEAD_BYTES = 512
const SUM_AT = 148
const SUM_LENGTH = 8

/** What a file is by its first bytes: a name says little. @throws ChaosError `backup-unusable` for what is no file */
export async function packingOf(file: string): Promise<Packing> {
  await using handle = await openRegular(file)
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
  return packingOfHead(buffer.subarray(0, bytesRead))
}

/** The same of bytes that were read already. */
export function packingOfHead(head: Buffer): Packing {
  if (isTar(head)) return { kind: 'tar' }
  const hex = head.toString('hex', 0, 32)
  return beginnings.find(([digits]) => new RegExp(`^${digits}`).test(hex))?.[1] ?? { kind: 'unknown' }
}

/** The sum over the first header identifies every tar, also of programs that write no name of the format. */
function isTar(head: Buffer): boolean {
  if (head.length < HEAD_BYTES) return false
  const written = head
    .toString('latin1', SUM_AT, SUM_AT + SUM_LENGTH)
    .replaceAll('\0', ' ')
    .trim()
  if (!/^[0-7]+$/.test(written)) return false
  const sum = (of: (byte: number) => number) =>
    head.reduce((all, byte, at) => all + (at >= SUM_AT && at < SUM_AT + SUM_LENGTH ? 0x20 : of(byte)), 0)
  const wanted = Number.parseInt(written, 8)
  // Some old programs add signed bytes.
  return wanted === sum((byte) => byte) || wanted === sum((byte) => (byte << 24) >> 24)
}
