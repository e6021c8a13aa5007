import * as z from 'zod'
import { accountNamePattern, line, Name } from '../../primitives.ts'
import { PlainDuration } from '../duration.ts'
import type { ParamType } from '../schema.ts'
import { SizeText } from '../size.ts'

/** RFC 1123, 2.1: labels of letters, digits and inner hyphens, at most 63 each and 253 together; the last no number. */
export const Hostname = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i)

/** A systemd unit or a Windows service. Never begins like an option or a path. */
const ServiceName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@:$\\-]{0,127}$/)

/** A local account, `DOMAIN\account` or `account@domain`. Windows also allows `$` inside. */
const AccountName = z.union([
  z.string().regex(accountNamePattern),
  z.string().regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.@\\$ -]{0,102}[A-Za-z0-9_$])?$/),
])

const ABSOLUTE = /^(?:\/|[A-Za-z]:[\\/]|\\\\[^\\/]+[\\/][^\\/])/

/** An absolute path on Linux or Windows without `.` or `..` parts. */
const AbsolutePath = line(512).refine(
  (path) => ABSOLUTE.test(path) && !path.split(/[\\/]/).some((part) => part === '..' || part === '.'),
)

/** http or https, and no user or password: secrets have no place in a drill. */
const WebAddress = line(1024).refine((text) => {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
})

interface ParamRule {
  readonly schema: z.ZodType<string | number>
  /** The end of "expected …". */
  readonly expected: string
}

/** What each type of parameter accepts. `choice` is checked against its own list. */
export const paramRules: Readonly<Record<ParamType, ParamRule>> = {
  hostname: { schema: Hostname, expected: 'a host name such as erp.example.test' },
  ipAddress: { schema: z.union([z.ipv4(), z.ipv6()]), expected: 'an IPv4 or IPv6 address such as 192.0.2.10' },
  port: { schema: z.int().min(1).max(65_535), expected: 'a port from 1 to 65535' },
  serviceName: { schema: ServiceName, expected: 'the name of a service such as nginx' },
  accountName: { schema: AccountName, expected: 'the name of an account such as alice' },
  groupName: { schema: AccountName, expected: 'the name of a group such as staff' },
  folder: { schema: AbsolutePath, expected: 'an absolute folder such as /srv/data, without ".."' },
  file: {
    schema: AbsolutePath.refine((path) => !/[\\/]$/.test(path)),
    expected: 'an absolute file such as /srv/data/list.csv, without ".."',
  },
  url: { schema: WebAddress, expected: 'an http or https address without user and password' },
  duration: { schema: PlainDuration, expected: 'a duration such as 500ms, 10s, 15m or 2h' },
  size: { schema: SizeText, expected: 'a size such as 200MB or 2GiB' },
  number: { schema: z.number(), expected: 'a number' },
  text: { schema: line(512), expected: 'one line of text, at most 512 characters' },
  choice: { schema: line(128), expected: 'one of the choices' },
  repositoryName: { schema: Name, expected: 'the name of a backup repository defined on the host' },
  credentialName: { schema: Name, expected: 'the name of a credential defined on the host' },
}

/** The types whose values are numbers; those of all others are text. */
export const numericParamTypes: ReadonlySet<ParamType> = new Set<ParamType>(['port', 'number'])
