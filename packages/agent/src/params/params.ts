import { isIP } from 'node:net'
import { accountNamePattern } from '@chaos-lite/shared'
import { addressOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import type { PolicyQuestion } from '../policy/index.ts'

/** A host name as RFC 1123 has it; underscores are met in practice. */
export const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[A-Za-z_-])[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?$/,
    {
      message: 'must be a host name',
    },
  )

/** An address without a zone (`%eth0`) and without a prefix length; 45 characters hold the longest form of IPv6. */
export const IpAddress = z
  .string()
  .max(45)
  .refine((text) => isIP(text) !== 0, { message: 'must be an IPv4 or IPv6 address' })

/** What a consumer connects to. */
export const HostOrAddress = z.union([IpAddress, HostName], { error: 'must be a host name or an IP address' })

/** A TCP or UDP port. Zero is none: it asks the kernel for any free one. */
export const Port = z.int().min(1).max(65_535)

/** How long an answer is waited for where nothing else is said. */
export const PATIENCE_MS = 10_000

/** A machine that is cut off does not refuse: it is silent, and somebody must say how long that is waited for. */
export const PatienceMs = z
  .int()
  .min(100)
  .max(60_000)
  .describe('How long an answer is waited for, in milliseconds; default: 10000')

/** A path from the root, of Linux or of Windows. It may contain `..`: where it leads is judged by the policy. */
export const AbsolutePath = z
  .string()
  .max(4096)
  .regex(/^(?:\/|[A-Za-z]:\\)[^\0]*$/, 'must be an absolute path')

/** A unit of systemd, or a service of Windows. Never begins with `-`, so it cannot be taken for an option. */
export const ServiceName = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_:.][A-Za-z0-9_:.@\\-]*$/, 'must be a service name')

/** Of an account or a group. Never digits only: programs take such a name for a number, and `0` is root. */
export const AccountName = z
  .string()
  .max(256)
  .regex(accountNamePattern, 'must be a name such as anna, EXAMPLE\\anna, anna@example.test or "domain users"')

/** A name defined in `credentials.yaml` or `repositories.yaml` on the host. */
export const DefinedName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, 'must begin with a letter; letters, digits, - and _')

/** An address without credentials, as it appears in plans and reports. */
export const HttpUrl = z
  .string()
  .max(1024)
  .refine(isPlainHttpUrl, { message: 'must be an http or https address without user name and password' })

function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.username === '' && url.password === ''
}

/** The policy question for a machine that a probe would connect to. */
export function hostQuestion(host: string): PolicyQuestion {
  return { kind: isIP(host) === 0 ? 'name' : 'address', value: host }
}

/** One spelling per address, so that `::1` equals `0:0:0:0:0:0:0:1` and a mapped IPv4 equals itself; a zone is left out. */
export function canonicalAddress(address: string): string {
  const bare = address.replace(/%.*$/, '')
  return addressOf(bare)?.toString() ?? bare
}
