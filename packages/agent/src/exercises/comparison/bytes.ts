import { createHash } from 'node:crypto'
import { constants, readlink } from 'node:fs/promises'
import { openRegular } from '../regular-file.ts'
import { placeOf } from './names.ts'

const CHUNK_BYTES = 128 * 1024

/** SHA-256 of a file or of its first bytes, hexadecimal, without holding it in memory. */
export async function sha256Of(path: string | Buffer, signal: AbortSignal, firstBytes = Infinity): Promise<string> {
  const hash = createHash('sha256')
  await using file = await openRegular(path, constants.O_NOFOLLOW)
  const room = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = 0; at < firstBytes; ) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(room, 0, Math.min(room.length, firstBytes - at), at)
    if (bytesRead === 0) break
    hash.update(room.subarray(0, bytesRead))
    at += bytesRead
  }
  return hash.digest('hex')
}

/** What an entry of two trees holds: the digest of a file, the target of a link; null where it cannot be read. */
export async function holds(
  root: string,
  { path, kind }: { readonly path: string; readonly kind: 'file' | 'link' },
  signal: AbortSignal,
  firstBytes?: number,
): Promise<string | null> {
  try {
    const place = placeOf(root, path)
    if (kind === 'link') return (await readlink(place, { encoding: 'buffer' })).toString('latin1')
    return await sha256Of(place, signal, firstBytes)
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return null
  }
}
