import type { Metadata } from './image.ts'

/** Known, and nothing beyond mode and owner: no further ACL entries, no extended attributes. */
export function hasNothingMore({ acl, attributes, mode }: Pick<Metadata, 'acl' | 'attributes' | 'mode'>): boolean {
  return acl === aclOfMode(mode) && attributes !== null && Object.keys(attributes).length === 0
}

/** As `getfacl --omit-header` writes a file without further entries. */
export function aclOfMode(mode: number): string {
  const bits = (shift: number) => [...'rwx'].map((one, at) => ((mode >> shift) & (4 >> at) ? one : '-')).join('')
  return `user::${bits(6)}\ngroup::${bits(3)}\nother::${bits(0)}`
}
