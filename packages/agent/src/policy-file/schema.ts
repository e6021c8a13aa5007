import { accountNamePattern, PlainDuration } from '@chaos-lite/shared'
import { rangeOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import { broughtLists, ceilings } from './terms.ts'

const MOST = 500

function list(item: z.ZodType<string>, meaning: string) {
  return z.array(item).max(MOST).default([]).describe(meaning)
}

const ItemName = z.string().regex(/^[a-z]+(?:\.[a-z]+)?$/, 'must be a name such as service.stop')
const Pattern = z
  .string()
  .max(256)
  .regex(/^[^\s\p{Cc}\p{Cf}/,;]+$/u, 'must be a name, where * stands for any characters')
const DefinedName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must be a name defined on this host')
/** Files of earlier versions may have entries of the second form, which no question fits. */
const AccountName = z.union(
  [z.string().max(256).regex(accountNamePattern), z.string().regex(/^[A-Za-z0-9_.][A-Za-z0-9_.@\\ -]{0,63}\$?$/)],
  { error: 'must be the name of an account or a group' },
)
const Path = z
  .string()
  .max(4096)
  .regex(/^(?:\/|[A-Za-z]:\\)[^\p{Cc}]*$/u, 'must be an absolute path')
const AddressRange = z
  .string()
  .refine((text) => rangeOf(text) !== null, { message: 'must be an IP address or a range such as 192.0.2.0/24' })

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 08:00, in quotes')
/** A day of the week in the zone of the policy's hours; the week begins on Monday (ISO 8601). */
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

/** When failures and exercises may be started. A window that ends before it begins ends on the next day. */
export const Window = z.strictObject({
  zone: z
    .string()
    .refine(isTimeZone, { message: 'must be a time zone such as Europe/Berlin or UTC' })
    .describe('A time zone such as Europe/Berlin, or UTC'),
  days: z.array(Weekday).min(1).max(7).optional().describe('Default: every day'),
  from: TimeOfDay.describe('When it opens, such as "08:00", in quotes'),
  to: TimeOfDay.describe('When it shuts, such as "17:00"; "24:00" is the end of the day'),
})
export type Window = z.infer<typeof Window>

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/* What the file has whatever the menu holds; lists and ceilings of actions are added to it. */

const first = {
  policy: z.literal(1).describe('The version of this file format'),
  actions: list(ItemName, 'Failures that may be started here, such as service.stop'),
  exercises: list(ItemName, 'Exercises that may be done here, such as backup.restore'),
}
const lists = {
  names: list(Pattern, 'Host names that may be made to resolve elsewhere; * stands for any characters'),
  addresses: list(AddressRange, 'Addresses and ranges that failures may use, such as 192.0.2.0/24'),
  folders: list(Path, 'Folders that may be failed or restored, with all below them'),
  files: list(Path, 'Single files that may be failed'),
  accounts: list(AccountName, 'Accounts whose rights may be taken away for a while'),
  groups: list(AccountName, 'Groups that accounts may be taken out of for a while'),
  repositories: list(DefinedName, 'Backup repositories of repositories.yaml that may be read'),
  credentials: list(DefinedName, 'Credentials of credentials.yaml that log-in probes may use'),
  probeHosts: list(
    z.union([AddressRange, Pattern]),
    'Machines that network probes may contact: names, addresses, ranges',
  ),
  probePaths: list(Path, 'Files and folders that probes may look at, besides the ones above'),
}
const hours = z.array(Window).max(50).optional().describe('When failures and exercises may run; default: at any time')
const limits = {
  holdAtMost: PlainDuration.default('1h').describe('The longest time a failure may stay; default: 1h'),
  heldAtMostPerDay: PlainDuration.optional().describe(
    'The longest time of all failures of controllers within 24 hours, each counted as a minute at least; default: 4h, or holdAtMost where that is longer',
  ),
  restBetween: PlainDuration.default('0s').describe(
    'How long this host is left alone between the failures of two runs; default: no rest',
  ),
}
type Fixed = z.ZodObject<typeof first & typeof lists & typeof limits & { readonly hours: typeof hours }, z.core.$strict>
/** The part of the file whose keys are known here; see `entriesIn` and `valueIn` for all others. */
export type PolicyFile = z.infer<Fixed>

/** `policy.yaml`: what the host's owner allows. What no line names is refused. */
export const PolicyFile = z.strictObject({
  ...first,
  ...Object.fromEntries(broughtLists.map(({ key, entry, meaning }) => [key, list(entry, meaning)])),
  ...lists,
  hours,
  ...Object.fromEntries(ceilings.map(({ key, field }) => [key, field])),
  ...limits,
}) as unknown as Fixed

/** The entries of any list of the file, also of one that an action brought; empty for what is no list. */
export function entriesIn(file: PolicyFile, key: string): readonly string[] {
  const value = valueIn(file, key)
  return Array.isArray(value) ? value : []
}

/** The value of any key of the file. */
export function valueIn(file: PolicyFile, key: string): unknown {
  return Object.hasOwn(file, key) ? (file as Readonly<Record<string, unknown>>)[key] : undefined
}
