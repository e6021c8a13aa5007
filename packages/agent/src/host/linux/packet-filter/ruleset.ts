import type { Direction, FilterTable } from '../../packet-filter.ts'

/** One rule of ours: where it stands, what a packet must be like, and what happens to it. */
export interface WallRule {
  readonly chain: Direction
  /** Nobody else writes this: it names the record and the place among our rules of that chain. */
  readonly comment: string
  readonly verdict: 'accept' | 'drop'
  readonly expr: readonly object[]
}

/** One set of addresses, and those it holds. */
export interface NftSet {
  readonly name: string
  readonly type: 'ipv4_addr' | 'ipv6_addr'
  readonly addresses: readonly string[]
  /** The drop rules look into these, and the kernel empties them when the time is over. */
  readonly timed: boolean
}

/** The whole table as it should stand (libnftables-json(5)). */
export interface NftTable {
  readonly name: string
  readonly chains: readonly Direction[]
  readonly sets: readonly NftSet[]
  readonly rules: readonly WallRule[]
}

/** Which way packets of a chain go (nft(8), "address families"). */
export const hookOf: Readonly<Record<Direction, string>> = { out: 'output', in: 'input', through: 'forward' }
/** Where a packet of that chain carries the machine at the other end. */
const peersOf = { out: ['daddr'], in: ['saddr'], through: ['daddr', 'saddr'] } as const
/** Neighbour discovery and multicast listeners: without them IPv6 breaks even for what is let through. */
const neighbours = [130, 131, 132, 133, 134, 135, 136, 137, 143]
const dhcpPorts = [
  [67, 68],
  [546, 547],
] as const

/** The table of nft for it: first what is always let through, then what the set names. The order within a chain counts. */
export function tableOf(wanted: FilterTable): NftTable {
  const sets = [
    set('blocked4', 'ipv4_addr', wanted.addresses, true),
    set('blocked6', 'ipv6_addr', wanted.addresses, true),
    set('except4', 'ipv4_addr', wanted.except, false),
    set('except6', 'ipv6_addr', wanted.except, false),
  ].filter(({ addresses }) => addresses.length > 0)
  return {
    name: wanted.name,
    chains: wanted.directions,
    sets,
    rules: wanted.directions.flatMap((chain) =>
      [...admitted(wanted, chain), ...stopped(wanted, chain, sets)].map((rule, index) => ({
        ...{ chain, comment: `${wanted.name} ${chain} ${index + 1}`, verdict: rule.verdict },
        expr: [...rule.matches, { [rule.verdict]: null }],
      })),
    ),
  }
}

/** The commands that make the table, as one transaction of the kernel. */
export function adding(table: NftTable, openAfterMs: number): object {
  const where = { family: 'inet', table: table.name }
  const timeout = Math.max(1, Math.ceil(openAfterMs / 1000))
  const add = (kind: string, body: object) => ({ add: { [kind]: body } })
  return {
    nftables: [
      // `create` fails where the name is taken: never is anybody's table written into.
      { create: { table: { family: 'inet', name: table.name } } },
      ...table.sets.map(({ name, type, timed }) =>
        add('set', { ...where, name, type, flags: timed ? ['interval', 'timeout'] : ['interval'] }),
      ),
      ...table.sets.map(({ name, addresses, timed }) => {
        const elem = addresses.map((text) => (timed ? { elem: { val: elementOf(text), timeout } } : elementOf(text)))
        return add('element', { ...where, name, elem })
      }),
      ...table.chains.map((name) =>
        add('chain', { ...where, name, type: 'filter', hook: hookOf[name], prio: 0, policy: 'accept' }),
      ),
      ...table.rules.map(({ chain, comment, expr }) => add('rule', { ...where, chain, comment, expr })),
    ],
  }
}

interface Match {
  readonly verdict: 'accept' | 'drop'
  readonly matches: readonly object[]
}

function admitted({ admit }: FilterTable, chain: Direction): readonly Match[] {
  const accept = (...matches: object[]): Match => ({ verdict: 'accept', matches })
  // Of a link, the end that is far away: other hosts may reach the same controller through this one.
  const links = peersOf[chain].flatMap((peer) =>
    admit.links.map(({ address, port }) =>
      accept(is(field(protocolOf(address), peer), address), is(field('tcp', portBeside(peer)), port)),
    ),
  )
  if (chain === 'through') return links
  const out = chain === 'out'
  const doors = [...new Set([...admit.sshPorts, ...(admit.sessionPorts ?? [])])]
  return [
    accept(is({ meta: { key: out ? 'oifname' : 'iifname' } }, 'lo')),
    ...links,
    // Replies of this host's own server only: an SSH connection from here to elsewhere is a consumer like any other.
    ...(doors.length === 0 ? [] : [accept(isIn(field('tcp', out ? 'sport' : 'dport'), doors))]),
    ...dhcpPorts.map((ports) => accept(isIn(field('udp', 'sport'), ports), isIn(field('udp', 'dport'), ports))),
    accept(isIn(field('icmpv6', 'type'), neighbours)),
  ]
}

/** Each end of a packet is asked by itself: what is excepted at one end is no excuse for the other. */
function stopped({ ports, protocols }: FilterTable, chain: Direction, sets: readonly NftSet[]): readonly Match[] {
  const drop = (peer: 'daddr' | 'saddr', version: '4' | '6', kind: readonly object[]): Match => {
    const address = field(version === '4' ? 'ip' : 'ip6', peer)
    const excepted = sets.some(({ name }) => name === `except${version}`)
    const but = excepted ? [{ match: { op: '!=', left: address, right: `@except${version}` } }] : []
    return { verdict: 'drop', matches: [is(address, `@blocked${version}`), ...but, ...kind] }
  }
  const versions = (['4', '6'] as const).filter((version) => sets.some(({ name }) => name === `blocked${version}`))
  return peersOf[chain].flatMap((peer) => {
    const kinds = protocols.map((protocol) => [isIn(field(protocol, portOf(chain, peer)), ports)])
    return versions.flatMap((version) => (ports.length === 0 ? [[]] : kinds).map((kind) => drop(peer, version, kind)))
  })
}

/** The port of the end that is far away. */
function portBeside(peer: 'daddr' | 'saddr'): string {
  return peer === 'daddr' ? 'dport' : 'sport'
}

/** What comes in is known by the port of this host, all else by the port at the other end. */
function portOf(chain: Direction, peer: 'daddr' | 'saddr'): string {
  return chain === 'in' ? 'dport' : portBeside(peer)
}

function set(name: string, type: NftSet['type'], all: readonly string[], timed: boolean): NftSet {
  const addresses = all.filter((text) => (text.includes(':') ? 'ipv6_addr' : 'ipv4_addr') === type)
  return { name, type, addresses, timed }
}

/** An address or a range, as libnftables-json(5) writes an element. */
export function elementOf(text: string): string | object {
  const [addr, len] = text.split('/')
  return len === undefined ? text : { prefix: { addr, len: Number(len) } }
}

function protocolOf(address: string): 'ip' | 'ip6' {
  return address.includes(':') ? 'ip6' : 'ip'
}

function field(protocol: string, name: string): object {
  return { payload: { protocol, field: name } }
}

function is(left: object, right: string | number): object {
  return { match: { op: '==', left, right } }
}

function isIn(left: object, right: readonly number[]): object {
  return { match: { op: '==', left, right: { set: right } } }
}
