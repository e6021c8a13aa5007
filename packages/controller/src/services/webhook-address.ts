import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import { Agent } from 'undici'

type Network = readonly [address: string, prefix: number]

/**
 * Where no message of ours may go. Link-local addresses (RFC 3927, RFC 4291) are where clouds keep the credentials of a
 * machine; the others are no machine at all. Private networks are allowed: that is where pagers of companies stand.
 */
const never = blockList([
  ['169.254.0.0', 16],
  ['0.0.0.0', 8],
  ['224.0.0.0', 4],
  ['255.255.255.255', 32],
  ['fe80::', 10],
  ['ff00::', 8],
  ['::', 128],
  // Where clouds keep them outside of link-local: Alibaba, Azure, Oracle; AWS and Google over IPv6.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['192.0.0.192', 32],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
])

/** This machine itself: what listens there for its own programs alone must not be reached through a webhook. */
const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
])

/** What the controller was started with. */
export interface WebhookRules {
  readonly toLoopback: boolean
}

/**
 * Refuses what cannot be a webhook by its text alone. A name is not looked up here: where it leads is judged at each
 * message, because it can change.
 * @throws ChaosError `request-invalid`
 */
export function checkWebhookUrl(text: string, rules: WebhookRules): void {
  const { protocol, username, password, hostname } = new URL(text)
  if (!/^https?:$/.test(protocol) || username !== '' || password !== '') {
    throw new ChaosError('request-invalid', 'A webhook address begins with http:// or https:// and holds no password.')
  }
  const refusal = refusalOf(hostname.replace(/^\[|\]$/g, ''), rules)
  if (refusal !== null) throw new ChaosError('request-invalid', refusal)
}

/** Sends only where a webhook may go, whatever a name leads to at that moment. `resolve`: for tests. */
export function webhookDispatcher(rules: WebhookRules, resolve: typeof lookup = lookup): Agent {
  const guarded: LookupFunction = (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) return done(error, [])
      const wrong = found.map(({ address }) => refusalOf(address, rules)).find((one) => one !== null)
      if (wrong) return done(new Error(`${hostname} leads there: ${wrong}`), [])
      answer(found, options.all === true, done)
    })
  }
  return new Agent({ connect: { lookup: guarded } })
}

function answer(found: readonly LookupAddress[], all: boolean, done: Parameters<LookupFunction>[2]): void {
  const [first] = found
  if (all) done(null, [...found])
  else done(null, first?.address ?? '', first?.family)
}

function refusalOf(host: string, { toLoopback }: WebhookRules): string | null {
  // RFC 6761: these names never leave the machine, whatever a name server says.
  if (/(?:^|\.)localhost\.?$/i.test(host) && !toLoopback) return loopbackSentence(host)
  const version = isIP(host)
  if (version === 0) return null
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (never.check(host, family)) return `Webhooks may not go to ${host}: it is a link-local or reserved address.`
  return !toLoopback && loopback.check(host, family) ? loopbackSentence(host) : null
}

function loopbackSentence(host: string): string {
  return `Webhooks may not go to ${host}, this machine itself, unless the controller is started with --webhooks-to-loopback.`
}

function blockList(networks: readonly Network[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of networks.flatMap((network) => [network, ...throughIpv6(network)]))
    list.addSubnet(address, prefix, isIP(address) === 4 ? 'ipv4' : 'ipv6')
  return list
}

/** The addresses of IPv6 that lead to a network of IPv4. (`::ffff:a.b.c.d` is known to `BlockList` itself.) */
function throughIpv6([address, prefix]: Network): Network[] {
  if (isIP(address) !== 4) return []
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  const groups = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  return [
    // Translators (RFC 6052, RFC 8215, RFC 2765) and 6to4 (RFC 3056).
    [`64:ff9b::${groups}`, 96 + prefix],
    [`64:ff9b:1::${groups}`, 96 + prefix],
    [`::ffff:0:${groups}`, 96 + prefix],
    [`2002:${groups}::`, 16 + prefix],
    // IPv4-compatible (RFC 4291, 2.5.5.1); `::` and `::1` lie where 0.0.0.0/8 would be, and mean something else.
    ...(a === 0 ? [] : [[`::${groups}`, 96 + prefix] as const]),
  ]
}
