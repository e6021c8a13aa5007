import { createHash } from 'node:crypto'
import { constants, readlink } from 'node:fs/promises'
import { streamRegular } from '../regular-file.ts'
import { placeOf } from './names.ts'

/** SHA-256 of a file or of its first bytes, hexadecimal, without holding it in memory. */
export async function sha256Of(path: string | Buffer, signal: AbortSignal, firstBytes?: number): Promise<string> {
  const hash = createHash('sha256')
  if (firstBytes === 0) return hash.digest('hex')
  const end = firstBytes === undefined ? {} : { end: firstBytes - 1 }
  const source = await streamRegular(path, { flags: constants.O_NOFOLLOW, signal, highWaterMark: 256 * 1024, ...end })
  for await (const chunk of source) hash.update(chunk as Buffer)
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
