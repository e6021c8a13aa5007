import { asBytes, unindented } from './databases.ts'

/**
 * The line of one group in `/etc/group` or `/etc/gshadow`: name, two fields, members. Bytes are read as latin1, so that
 * whatever else stands in the file comes out as it went in.
 */
interface Found {
  readonly lines: string[]
  readonly index: number
  readonly fields: string[]
  /** As they stand in the file: with the blanks before them. */
  readonly entries: string[]
}

function find(bytes: Uint8Array, group: string): Found | null {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const index = lines.findIndex((row) => unindented(row).startsWith(`${asBytes(group)}:`))
  const fields = lines[index]?.split(':') ?? []
  if (index < 0 || fields.length !== 4) return null
  return { lines, index, fields, entries: (fields[3] ?? '').split(',').filter((entry) => unindented(entry) !== '') }
}

function write(found: Found, entries: readonly string[]): Buffer {
  const lines = found.lines.with(found.index, [...found.fields.slice(0, 3), entries.join(',')].join(':'))
  return Buffer.from(lines.join('\n'), 'latin1')
}

/** The members in their order; null where the file has no such group. */
export function membersOf(bytes: Uint8Array, group: string): readonly string[] | null {
  const found = find(bytes, group)
  return found?.entries.map((entry) => Buffer.from(unindented(entry), 'latin1').toString('utf8')) ?? null
}

/** The file without the account in this group; unchanged where it is no member. */
export function withoutMember(bytes: Uint8Array, group: string, account: string): Buffer {
  const found = find(bytes, group)
  const left = found?.entries.filter((entry) => unindented(entry) !== asBytes(account)) ?? []
  return found && left.length < found.entries.length ? write(found, left) : Buffer.from(bytes)
}

/**
 * The file with the account in this group again, in its old place, for a file that others changed meanwhile; null where
 * nothing is to be done.
 */
export function withMember(bytes: Uint8Array, group: string, account: string, position: number): Buffer | null {
  const found = find(bytes, group)
  if (!found || found.entries.some((entry) => unindented(entry) === asBytes(account))) return null
  return write(found, found.entries.toSpliced(position, 0, asBytes(account)))
}
