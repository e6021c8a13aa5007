import type { Stamp } from '../host.ts'

/** Is this the very same file or folder? An inode number is used again; its birth tells the two apart where it is known. */
export function sameFile(a: Stamp, b: Stamp): boolean {
  if (a.dev !== b.dev || a.inode !== b.inode) return false
  const unknown = [a, b].some(({ birthNs, ctimeNs }) => birthNs === '0' || birthNs === ctimeNs)
  return unknown || a.birthNs === b.birthNs
}
