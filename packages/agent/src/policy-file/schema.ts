import { accountNamePattern, PlainDuration } from '@chaos-lite/shared'
import { rangeOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import { ceilingFields } from './ceilings.ts'

const MOST = 500

function list(item: z.ZodType<string>, meaning: string) {
  return z.array(item).max(MOST).default([]).describe(meaning)
}

const ItemName = z.string().regex(/^[a-z]+(?:\.[a-z]+)?$/, 'must be a name such as service.stop')
const Pattern = z
  .string()
  .max(256)
  .regex(/^[^\s\p{Cc}\p{Cf}/,;]+$/u, 'must be a name, where * stands for any characters')
/** Names of processes may hold spaces and slashes. */
const ProcessPattern = z
  .string()
  .max(64)
  .regex(/^[^\p{Cc}\p{Cf},;]+$/u, 'must be the name of a process, where * stands for any characters')
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

/** Ports are numbers to a person who writes the file, and texts to the program that compares them. */
const Ports = z
  .union([z.int().min(1).max(65_535), z.string().regex(/^(?:all|\d{1,5}(?:-\d{1,5})?)$/)], {
    error: 'must be a port such as 443, a range such as 8000-8100, or all',
  })
  .transform(String)

const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 08:00, in quotes')
export const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'])

/** When failures and exercises may be started. A window that ends before it begins ends on the next day. */
export const Window = z.strictObject({
  zone: z
    .string()
    .refine(isTimeZone, { message: 'must be a time zone such as Europe/Berlin or UTC' })
    .describe('A time zone such as Europe/Berlin, or UTC'),
  days: z.array(Weekday).min(1).max(7).optional().describe('Every day unless told'),
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

/** `policy.yaml`: what the host's owner allows. What no line names is refused. */
export const PolicyFile = z.strictObject({
  policy: z.literal(1).describe('The version of this file format'),
  actions: list(ItemName, 'Failures that may be started here, such as service.stop'),
  exercises: list(ItemName, 'Exercises that may be done here, such as backup.restore'),
  services: list(Pattern, 'Services that may be failed; * stands for any characters'),
  processes: list(ProcessPattern, 'Processes that may be suspended, by name; * stands for any characters'),
  names: list(Pattern, 'Host names that may be made to resolve elsewhere; * stands for any characters'),
  addresses: list(AddressRange, 'Addresses and ranges that failures may use, such as 192.0.2.0/24'),
  ports: z
    .array(Ports)
    .max(MOST)
    .default([])
    .describe('Ports whose traffic may be stopped, such as 443 or 8000-8100; all means every kind of traffic'),
  interfaces: list(Pattern, 'Network interfaces that may be switched off for a while; * stands for any characters'),
  shares: list(Path, 'Mount points of network shares that may be disconnected for a while'),
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
  hours: z.array(Window).max(50).optional().describe('When failures and exercises may run; at any time unless told'),
  ...ceilingFields,
  holdAtMost: PlainDuration.default('1h').describe('The longest time a failure may stay; 1h unless told'),
  heldAtMostPerDay: PlainDuration.optional().describe(
    'The longest time of all failures of controllers within 24 hours, each counted as a minute at least; 4h unless told, or holdAtMost where that is longer',
  ),
  restBetween: PlainDuration.default('0s').describe(
    'How long this host is left alone between the failures of two runs; no rest unless told',
  ),
})
export type PolicyFile = z.infer<typeof PolicyFile>
