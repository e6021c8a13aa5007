import type { Stamp } from '../host.ts'

/**
 * Is this the very same file or folder? An inode number is used again; its birth, to the nanosecond, distinguishes the two
 * where it is known. The number of a device means nothing after a restart: disks are found in another order, and btrfs or
 * overlay count anew. So it decides only where no birth does.
 * A file system that knows no birth may give the last change in its place: one stamp with two different times shows that
 * this one does.
 */
export function sameFile(a: Stamp, b: Stamp): boolean {
  if (a.inode !== b.inode) return false
  if (a.birthNs === b.birthNs && a.birthNs !== '0') return true
  if (a.dev !== b.dev) return false
  if (a.birthNs === '0' || b.birthNs === '0') return true
  return a.birthNs === a.ctimeNs && b.birthNs === b.ctimeNs
}
