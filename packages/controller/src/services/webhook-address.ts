import { type LookupAddress, lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import { type Address, addressOf, addressOfBytes, covers, type Range, rangeOf } from '@chaos-lite/shared/address'
import { Agent } from 'undici'

/**
 * Where no message of ours may go. Link-local addresses (RFC 3927, RFC 4291) are where clouds keep the credentials of a
 * machine; the others are no machine at all. Private networks are allowed: that is where pagers of companies stand.
 */
const never = ranges([
  ...['169.254.0.0/16', '0.0.0.0/8', '224.0.0.0/4', '255.255.255.255', 'fe80::/10', 'ff00::/8', '::'],
  // Where clouds keep them outside of link-local: Alibaba, Azure, Oracle; AWS and Google over IPv6.
  ...['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254', 'fd20:ce::254'],
])

/** This machine itself: what listens there for its own programs alone must not be reached through a webhook. */
const loopback = ranges(['127.0.0.0/8', '::1'])

/** Ranges of IPv6 that lead to an address of IPv4, and the byte at which it begins. */
const leading = [
  // Translators (RFC 6052, RFC 8215, RFC 2765) and 6to4 (RFC 3056).
  { from: ranges(['64:ff9b::/96', '64:ff9b:1::/96', '::ffff:0:0:0/96']), at: 12 },
  { from: ranges(['2002::/16']), at: 2 },
  // IPv4-compatible (RFC 4291, 2.5.5.1).
  { from: ranges(['::/96']), at: 12 },
] as const
/** Where 0.0.0.0/8 would be among the IPv4-compatible ones: `::` and `::1` lie there, and mean something else. */
const compatibleZeros = ranges(['::/104'])

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
  const address = addressOf(host.replace(/%.*$/, ''))
  if (address === null) return null
  const meant = [address, ...throughIpv6(address)]
  const lies = (all: readonly Range[]) => meant.some((one) => isIn(all, one))
  if (lies(never)) return `Webhooks may not go to ${host}: it is a link-local or reserved address.`
  return !toLoopback && lies(loopback) ? loopbackSentence(host) : null
}

function loopbackSentence(host: string): string {
  return `Webhooks may not go to ${host}, this machine itself, unless the controller is started with --webhooks-to-loopback.`
}

/** The addresses of IPv4 that an address of IPv6 leads to. (`addressOf` has read a mapped one as IPv4 already.) */
function throughIpv6(address: Address): Address[] {
  if (isIn(compatibleZeros, address)) return []
  const bytes = address.toByteArray()
  return leading.flatMap(({ from, at }) => (isIn(from, address) ? [addressOfBytes(bytes.slice(at, at + 4))] : []))
}

function isIn(all: readonly Range[], address: Address): boolean {
  const wanted = rangeOf(address.toString())
  return wanted !== null && all.some((range) => covers(range, wanted))
}

function ranges(texts: readonly string[]): readonly Range[] {
  return texts.map((text) => {
    const range = rangeOf(text)
    if (range === null) throw new Error(`"${text}" is no range of addresses.`)
    return range
  })
}
