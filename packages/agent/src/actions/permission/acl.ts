/** POSIX ACLs as text (`man 5 acl`): one entry per line, `tag:qualifier:permissions`, numeric, without effective rights. */
export type Acl = ReadonlyMap<string, string>

/** Keys are `user:`, `user:1000`, `group:`, `mask:`, `other:`, `default:user:` …; values such as `r-x`. */
export function parseAcl(text: string): Acl {
  const rows = text.split('\n').filter((row) => row !== '')
  return new Map(rows.map((row) => [row.slice(0, row.lastIndexOf(':')), row.slice(row.lastIndexOf(':') + 1)]))
}

/** The entries in the order that `getfacl` prints them. */
export function formatAcl(acl: Acl): string {
  return [...acl]
    .sort(([a], [b]) => rank(a) - rank(b) || numberOf(a) - numberOf(b))
    .map(([key, value]) => `${key}:${value}`)
    .join('\n')
}

/** The entries that a mode without an ACL stands for. */
export function aclOfMode(mode: number): Acl {
  return new Map([
    ['user:', bits(mode >> 6)],
    ['group:', bits(mode >> 3)],
    ['other:', bits(mode)],
  ])
}

/** The mode that `stat` shows for these entries: the mask stands in the place of the group, where there is one. */
export function modeOfAcl(acl: Acl, special: number): number {
  const group = acl.get('mask:') ?? acl.get('group:')
  return (special & 0o7000) | (number(acl.get('user:')) << 6) | (number(group) << 3) | number(acl.get('other:'))
}

/** Has this ACL more than the three entries of a mode? */
export function isExtended(acl: Acl): boolean {
  return acl.size > 3
}

/** An entry for one account or group. The mask keeps what it allowed: a recalculated one could give others more. */
export function withEntry(acl: Acl, key: string, permissions: string): Acl {
  const entries = new Map(acl).set(key, permissions)
  if (!entries.has('mask:')) entries.set('mask:', acl.get('group:') ?? '---')
  return entries
}

/** Who asks, and for what they ask. */
export interface Asker {
  readonly uid: number
  readonly gids: readonly number[]
}

/** The access check of `man 5 acl`, without the folders on the way. `bit` is `r`, `w` or `x`. */
export function allows(
  acl: Acl,
  owner: { uid: number; gid: number },
  { uid, gids }: Asker,
  bit: 'r' | 'w' | 'x',
): boolean {
  const mask = acl.get('mask:') ?? 'rwx'
  const masked = (permissions: string) => permissions.includes(bit) && mask.includes(bit)
  if (uid === owner.uid) return (acl.get('user:') ?? '').includes(bit)
  const named = acl.get(`user:${uid}`)
  if (named !== undefined) return masked(named)
  const groups = [
    ...(gids.includes(owner.gid) ? [acl.get('group:')] : []),
    ...gids.map((gid) => acl.get(`group:${gid}`)),
  ]
  const matching = groups.filter((permissions) => permissions !== undefined)
  if (matching.length > 0) return matching.some(masked)
  return (acl.get('other:') ?? '').includes(bit)
}

const order = ['user:', 'group:', 'mask:', 'other:']

function rank(key: string): number {
  const isDefault = key.startsWith('default:')
  const bare = isDefault ? key.slice('default:'.length) : key
  return (isDefault ? 10 : 0) + order.findIndex((tag) => bare.startsWith(tag))
}

function numberOf(key: string): number {
  const qualifier = key.slice(key.lastIndexOf(':') + 1)
  return qualifier === '' ? -1 : Number(qualifier)
}

function bits(mode: number): string {
  return `${mode & 4 ? 'r' : '-'}${mode & 2 ? 'w' : '-'}${mode & 1 ? 'x' : '-'}`
}

function number(permissions = '---'): number {
  return (permissions.includes('r') ? 4 : 0) | (permissions.includes('w') ? 2 : 0) | (permissions.includes('x') ? 1 : 0)
}
