import { dirname } from 'node:path'
import type { Files, Stamp } from '../host.ts'

/**
 * Is the file system that holds the path not mounted (yet, at a boot)? Then whatever is found at its name, or not found,
 * says nothing. Known by the device; where devices were numbered anew, the very same file is still known by its inode.
 */
export async function isAway(files: Files, path: string, before: Pick<Stamp, 'dev' | 'inode'>): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const found = await files.stamp(at)
    if (found !== null) return found.dev !== before.dev && !(at === path && found.inode === before.inode)
    if (at === dirname(at)) return true
  }
}
