import type { Stamp } from '../host.ts'

/**
 * Is this the very same file or folder? An inode number is used again; its birth tells the two apart where it is known.
 * A file system that knows no birth gives the last change in its place: one stamp with two different times shows that
 * this one does.
 */
export function sameFile(a: Stamp, b: Stamp): boolean {
  if (a.dev !== b.dev || a.inode !== b.inode) return false
  if (a.birthNs === b.birthNs || a.birthNs === '0' || b.birthNs === '0') return true
  return a.birthNs === a.ctimeNs && b.birthNs === b.ctimeNs
}
