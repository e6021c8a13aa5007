import { createHash, hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, readlink } from '../../small-files/index.ts'
import { notRegular, openRegular } from '../regular-file.ts'
import { placeOf } from './names.ts'

/** Up to this size a file is read at once: a thread for each step costs many times what a small file does. */
const SMALL_BYTES = 1024 * 1024
const CHUNK_BYTES = 128 * 1024

/** SHA-256 of a file or of its first bytes, hexadecimal, without holding a large one in memory. */
export async function sha256Of(path: string | Buffer, signal: AbortSignal, firstBytes = Infinity): Promise<string> {
  signal.throwIfAborted()
  const small = await smallFile(path, firstBytes)
  if (small !== null) return hash('sha256', small)
  const all = createHash('sha256')
  await using file = await openRegular(path, constants.O_NOFOLLOW)
  const room = Buffer.allocUnsafe(CHUNK_BYTES)
  for (let at = 0; at < firstBytes; ) {
    signal.throwIfAborted()
    const { bytesRead } = await file.read(room, 0, Math.min(room.length, firstBytes - at), at)
    if (bytesRead === 0) break
    all.update(room.subarray(0, bytesRead))
    at += bytesRead
  }
  return all.digest('hex')
}

/** The bytes of a file, or its first ones; null for a large one. @throws ChaosError for what is no file */
async function smallFile(path: string | Buffer, firstBytes: number): Promise<Buffer | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw notRegular(path)
    const size = Math.min(found.size, firstBytes)
    if (size > SMALL_BYTES) return null
    // One byte more shows that it grows: then it is read like a large one.
    const room = Buffer.allocUnsafe(size + 1)
    const { bytesRead } = await file.read(room, 0, room.length, 0)
    if (bytesRead > found.size) return null
    return room.subarray(0, Math.min(bytesRead, firstBytes))
  } finally {
    await file.close()
  }
}

/** What an entry of two trees holds: the digest of a file, the target of a link; null where it cannot be read. */
export async function holds(
  root: string,
  { path, kind }: { readonly path: string; readonly kind: 'file' | 'symbolic link' },
  signal: AbortSignal,
  firstBytes?: number,
): Promise<string | null> {
  try {
    const place = placeOf(root, path)
    if (kind === 'symbolic link') return (await readlink(place, { encoding: 'buffer' })).toString('latin1')
    return await sha256Of(place, signal, firstBytes)
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return null
  }
}
