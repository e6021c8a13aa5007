import { constants } from 'node:fs'
import { fitsShellGlob } from '../../host/index.ts'
import { openRegular } from '../regular-file.ts'
import type { Found } from '../walk.ts'
import { placeOf, textOf } from './names.ts'

/**
 * What the owner says that backups leave out by design. A pattern without a slash is a name at any depth; one with a slash
 * is a path from the top of the folder that is backed up. `below` is where the compared folder lies in that one.
 */
export function leftOutBy(excludes: readonly string[], below: string): (found: Found) => boolean {
  const patterns = excludes.map((pattern) => ({
    folderOnly: pattern.endsWith('/'),
    path: pattern.replace(/^(?:\*\*\/)?\/*|\/+$/g, ''),
    anchored: pattern.replace(/^\*\*\/|\/+$/g, '').includes('/'),
  }))
  if (patterns.length === 0) return () => false
  return ({ path, kind }) => {
    if (path === '.') return false
    const text = textOf(path)
    const whole = below === '.' ? text : `${below}/${text}`
    const name = whole.slice(whole.lastIndexOf('/') + 1)
    return patterns.some(
      ({ folderOnly, path: pattern, anchored }) =>
        (!folderOnly || kind === 'folder') && fitsShellGlob(pattern, anchored ? whole : name),
    )
  }
}

/** https://bford.info/cachedir/ */
const SIGNATURE = 'Signature: 8a477f597d28d172789f06886806bc55'

/** Is this the mark that makes its folder a cache? */
export async function marksCache(root: string, { path, kind }: Found): Promise<boolean> {
  if (kind !== 'file' || !(path === 'CACHEDIR.TAG' || path.endsWith('/CACHEDIR.TAG'))) return false
  try {
    await using file = await openRegular(placeOf(root, path), constants.O_NOFOLLOW)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SIGNATURE.length), 0, SIGNATURE.length, 0)
    return bytesRead === SIGNATURE.length && buffer.toString('latin1') === SIGNATURE
  } catch {
    return false
  }
}
