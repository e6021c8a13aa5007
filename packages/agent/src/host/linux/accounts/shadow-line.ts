import { asBytes } from './databases.ts'

const DAY_MS = 86_400_000

/**
 * The line of one account in `/etc/shadow` (`man 5 shadow`): nine fields, of which the second is the password and the
 * eighth the day on which the account expires. Bytes are read as latin1, so that whatever else stands in the file comes
 * out as it went in.
 */
export interface ShadowLine {
  /** As stored: a hash, empty, or locked by `!` or `*` at its beginning. Never shown to anybody. */
  readonly password: string
  /** Days since 1970, or empty: never. */
  readonly expire: string
}

/** Day 1: long ago. Day 0 means "expired" to some programs and "never" to others (`man 5 shadow`). */
export const expiredDay = '1'

/** What else decides whether an account can be logged in to. */
export interface ShadowFields extends ShadowLine {
  readonly lastChange: string
  readonly maxDays: string
  readonly inactiveDays: string
}

const FIELDS = 9
const PASSWORD = 1
const EXPIRE = 7

interface Found {
  readonly lines: string[]
  readonly index: number
  readonly fields: string[]
}

/** The first line of that name is the one that counts, as for getspnam(3). */
function find(bytes: Uint8Array, account: string): Found | null {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  const index = lines.findIndex((row) => row.startsWith(`${asBytes(account)}:`))
  const fields = lines[index]?.split(':') ?? []
  return index < 0 || fields.length !== FIELDS ? null : { lines, index, fields }
}

function write({ lines, index, fields }: Found, { password, expire }: ShadowLine): Buffer {
  const changed = fields.with(PASSWORD, password).with(EXPIRE, expire)
  return Buffer.from(lines.with(index, changed.join(':')).join('\n'), 'latin1')
}

/** Null where the file has no such account, or a line of another form. */
export function shadowLine(bytes: Uint8Array, account: string): ShadowLine | null {
  const found = find(bytes, account)
  return found && { password: found.fields[PASSWORD] ?? '', expire: found.fields[EXPIRE] ?? '' }
}

/** As `shadowLine`, with the ages of the password. */
export function shadowFields(bytes: Uint8Array, account: string): ShadowFields | null {
  const found = find(bytes, account)
  if (!found) return null
  const [, password = '', lastChange = '', , maxDays = '', , inactiveDays = '', expire = ''] = found.fields
  return { password, lastChange, maxDays, inactiveDays, expire }
}

/** The file with other values in the two fields of this account; null where it has no such account. */
export function withShadowLine(
  bytes: Uint8Array,
  account: string,
  change: (now: ShadowLine) => ShadowLine,
): Buffer | null {
  const found = find(bytes, account)
  if (!found) return null
  return write(found, change({ password: found.fields[PASSWORD] ?? '', expire: found.fields[EXPIRE] ?? '' }))
}

/** Does no password open this account? (It may still be opened by a key.) */
export function isLocked({ password }: ShadowLine): boolean {
  return /^[!*]/.test(password)
}

/** Is the account past its day? Then nothing opens it: the account phase of PAM refuses, whatever was authenticated. */
export function isExpired({ expire }: ShadowLine, wallMs: number): boolean {
  return /^\d+$/.test(expire) && Number(expire) <= Math.floor(wallMs / DAY_MS)
}
