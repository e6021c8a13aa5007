import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { mayHang } from '../small-files/index.ts'
import { askAside } from './quiet-place.ts'

/**
 * Where a path really lies: links are followed as far as the path exists, the rest is taken as it stands. Null for what
 * is no absolute path, cannot be resolved, or leads to a file system that does not answer.
 */
export function realPlace(path: string): string | null {
  if (!isAbsolute(path) || path.includes('\0')) return null
  let existing = normalize(path)
  const rest: string[] = []
  for (;;) {
    try {
      return trimmed(join(real(existing), ...rest))
    } catch (thrown) {
      const code = (thrown as { code?: unknown }).code
      if ((code !== 'ENOENT' && code !== 'ENOTDIR') || existing === dirname(existing)) return null
      // A link that leads nowhere yet may lead anywhere tomorrow.
      if (isThere(existing)) return null
      rest.unshift(basename(existing))
      existing = dirname(existing)
    }
  }
}

/** Is `path` the folder or below it? By whole segments: `/srv/share2` is not below `/srv/share`. */
export function isAtOrBelow(path: string, folder: string): boolean {
  if (path === folder) return true
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** At once, unless something is mounted that may not answer: then in a thread that may be left behind. */
function real(path: string): string {
  return mayHang() ? askAside('real', path) : realpathSync(path)
}

function isThere(path: string): boolean {
  try {
    if (mayHang()) askAside('there', path)
    else lstatSync(path)
    return true
  } catch {
    return false
  }
}

function trimmed(path: string): string {
  return path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path
}
