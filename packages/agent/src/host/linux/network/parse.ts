import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Interface } from '../../network.ts'

const Address = z.looseObject({
  family: z.string(),
  local: z.string(),
  prefixlen: z.int(),
  scope: z.string().default(''),
  address: z.string().optional(),
  temporary: z.boolean().default(false),
  dynamic: z.boolean().default(false),
  mngtmpaddr: z.boolean().default(false),
})
const InterfaceRow = z.looseObject({
  ifindex: z.int(),
  ifname: z.string(),
  flags: z.array(z.string()).default([]),
  master: z.string().optional(),
  link: z.string().nullish(),
  linkinfo: z.looseObject({ info_kind: z.string().optional() }).optional(),
  addr_info: z.array(z.unknown()).default([]),
})
/** Kinds of interface that go through another one (ip-link(8)). */
const tunnels = /^(?:wireguard|tun|ppp|gre|gretap|ip6gre|ipip|ip6tnl|sit|vti6?|xfrm|vxlan|geneve|l2tp|macsec|ovpn)$/

/** An interface, and those of its IPv6 addresses that the kernel would not give back. */
export interface ListedInterface extends Interface {
  readonly fixed6: readonly string[]
}

/** What `ip -j -d address show` prints (ip-address(8)). @throws ChaosError `tool-failed` */
export function parseInterfaces(text: string): readonly ListedInterface[] {
  return listOf(InterfaceRow, text).map((row) => {
    const all = row.addr_info.flatMap((each) => {
      const parsed = Address.safeParse(each)
      return parsed.success ? [parsed.data] : []
    })
    // The interface's own addresses come and go with it; temporary ones (RFC 8981) are new each time.
    const lasting = all.filter(({ scope, temporary }) => scope !== 'link' && !temporary)
    return {
      name: row.ifname,
      index: row.ifindex,
      up: row.flags.includes('UP'),
      loopback: row.flags.includes('LOOPBACK'),
      master: row.master ?? null,
      // A pair of ends stands on nothing: each names the other.
      on: row.linkinfo?.info_kind === 'veth' ? null : (row.link ?? null),
      tunnel: tunnels.test(row.linkinfo?.info_kind ?? '') || row.flags.includes('POINTOPOINT'),
      addresses: lasting.map(lineOf).sort(),
      bare: all.map(({ local }) => local),
      fixed6: lasting
        .filter(({ family, dynamic, mngtmpaddr }) => family === 'inet6' && !dynamic && !mngtmpaddr)
        .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    }
  })
}

/** The interface in the answer of `ip -j route get`. */
export function parseWay(text: string): string | null {
  const [first] = listOf(z.looseObject({ dev: z.string().optional() }), text)
  return first?.dev ?? null
}

function lineOf({ family, local, prefixlen, scope, address }: z.infer<typeof Address>): string {
  const peer = address === undefined || address === local ? '' : ` peer ${address}`
  return `${family} ${local}/${prefixlen}${peer} scope ${scope}`
}

/** Some versions of `ip` print nothing at all for an empty list. */
export function listOf<T>(item: z.ZodType<T>, text: string): T[] {
  const parsed = z.array(z.unknown()).safeParse(text.trim() === '' ? [] : jsonOf(text))
  if (!parsed.success) throw new ChaosError('tool-failed', 'ip answered in a form that is not understood.')
  return parsed.data.flatMap((each) => {
    const one = item.safeParse(each)
    return one.success ? [one.data] : []
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
