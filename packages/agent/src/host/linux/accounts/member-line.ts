/**
 * The line of one group in `/etc/group` or `/etc/gshadow`: name, two fields, members. Bytes are read as latin1, so that
 * whatever else stands in the file comes out as it went in.
 */
interface Found {
  readonly lines: string[]
  readonly index: number
  readonly fields: string[]
  readonly members: string[]
}

function find(bytes: Uint8Array, group: string): Found | null {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const index = lines.findIndex((row) => row.startsWith(`${group}:`))
  const fields = lines[index]?.split(':') ?? []
  if (index < 0 || fields.length !== 4) return null
  return { lines, index, fields, members: (fields[3] ?? '').split(',').filter((member) => member !== '') }
}

function write(found: Found, members: readonly string[]): Buffer {
  const lines = found.lines.with(found.index, [...found.fields.slice(0, 3), members.join(',')].join(':'))
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** The members in their order; null where the file has no such group. */
export function membersOf(bytes: Uint8Array, group: string): readonly string[] | null {
  return find(bytes, group)?.members ?? null
}

/** The file without the account in this group; unchanged where it is no member. */
export function withoutMember(bytes: Uint8Array, group: string, account: string): Buffer {
  const found = find(bytes, group)
  if (!found?.members.includes(account)) return Buffer.from(bytes)
  return write(
    found,
    found.members.filter((member) => member !== account),
  )
}

/**
 * The file with the account in this group again, in its old place, for a file that others changed meanwhile; null where
 * nothing is to be done.
 */
export function withMember(bytes: Uint8Array, group: string, account: string, position: number): Buffer | null {
  const found = find(bytes, group)
  if (!found || found.members.includes(account)) return null
  return write(found, found.members.toSpliced(position, 0, account))
}
