import { accountNamePattern } from '@chaos-lite/shared'
import * as z from 'zod'

/**
 * What the actions take. Patterns only, so that the menu's JSON Schema says the same; nothing begins with `-`, so that
 * no program takes a value for an option.
 */
export const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    'must be a host name such as erp.example.test',
  )

const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const ipv4 = `${octet}(?:\\.${octet}){3}`

/** IPv4, or IPv6 without a zone; `z.ipv6` for the latter, so that the pattern stays the library's. */
export const IpAddress = z.union([
  z.string().regex(new RegExp(`^${ipv4}$`), 'must be an IPv4 or IPv6 address'),
  z.ipv6('must be an IPv4 or IPv6 address').max(45),
])

/** An absolute path without `.`, `..`, doubled or trailing slashes, and without control characters. */
export const PlainPath = z
  .string()
  .max(1024)
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+)+$/u,
    'must be an absolute path, without "." or ".." parts and without a "/" at its end',
  )

/**
 * The name of a unit with or without its suffix; a character set without spaces, slashes and quotes (systemd.unit(5)).
 */
export const ServiceName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9][A-Za-z0-9:_.@\\-]*$/, 'must be the name of a service, such as nginx')

/** As this host's files and its directories name them: `anna`, `EXAMPLE\anna`, `anna@example.test`, `pc01$`. */
export const AccountName = z
  .string()
  .max(256)
  .regex(accountNamePattern, 'must be the name of an account such as anna, EXAMPLE\\anna or anna@example.test')

/** As this host's files and its directories name them: `staff`, `domain users`. */
export const GroupName = z
  .string()
  .max(256)
  .regex(accountNamePattern, 'must be the name of a group such as staff or "domain users"')

/** An address, or a block of addresses such as 192.0.2.0/24 (the bits behind the prefix do not matter). */
export const AddressRange = z.union([
  z.string().regex(new RegExp(`^${ipv4}(?:/(?:3[0-2]|[12]?[0-9]))?$`), 'must be an address or a range of addresses'),
  z.ipv6('must be an address or a range of addresses').max(45),
  z.cidrv6('must be an address or a range of addresses').max(49),
])

/** A TCP or UDP port. Zero is none: it asks the kernel for any free one. */
export const PortNumber = z.int().min(1).max(65_535)

/** As the kernel keeps it: at most 15 bytes. */
export const ProcessName = z
  .string()
  .max(15)
  .regex(/^[A-Za-z0-9_.(][A-Za-z0-9_.:+@()/ -]*$/, 'must be the name of a process as ps shows it, such as nginx')
