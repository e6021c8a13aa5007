import { isIP } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import { rangeOf, simplified, textOf } from '@chaos-lite/shared/address'
import { saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import { type ActionContext, defineAction } from '../action.ts'
import { HostName, IpAddress } from '../params.ts'
import {
  addFilter,
  FilterUndo,
  filterBudgets,
  filterByHand,
  filterHolds,
  filterStanding,
  preparedFilter,
  removeFilter,
} from './filter.ts'
import { explainAdmitted, explainFilterRollback, filterTexts } from './filter-words.ts'
import { dnsWords } from './words.en.ts'

const PLACE = 'action.dns.block'
const say = saying(PLACE, dnsWords)

const Params = z.strictObject({
  name: HostName.describe('A name that this host resolves now, and should not any more'),
  servers: z.array(IpAddress).min(1).max(16).optional().describe('Only these name servers; default: all of them'),
})
type Params = z.infer<typeof Params>

/** DNS, and DNS over TLS (RFC 7858). DNS over HTTPS looks like any other web traffic. */
const dnsPorts = [53, 853]
const everybody = ['0.0.0.0/0', '::/0']
const lookupMs = 3_000
/** Longer than any name server that answers at all. */
const patienceMs = 3_000

/** Drops questions to name servers on the ports of DNS and DNS over TLS. Names in the hosts file still resolve. */
export const dnsBlock = defineAction({
  name: 'dns.block',
  words: { ...filterTexts, ...underCodes(PLACE, dnsWords) },
  summary: 'Takes name resolution away from this host, as when its name servers are dead: questions get no answer.',
  needs: ['packet-filter', 'resolver'],
  params: Params,
  undo: { 1: FilterUndo },
  overRestart: 'ends',
  touches: () => ['network:dns'],
  // Without servers there is no address to name: the owner is asked for the ports by which names are asked for at all.
  asks: ({ name, servers = [] }) => [
    ...(servers.length > 0
      ? servers.map((value) => ({ kind: 'address' as const, value }))
      : dnsPorts.map((port) => ({ kind: 'port' as const, value: String(port) }))),
    { kind: 'lookup', value: name, look: true },
  ],
  prepare: async (context, params) => {
    await refuseWithoutEffect(context, params)
    return preparedFilter(context, {
      addresses: simplified((params.servers ?? everybody).flatMap((text) => rangeOf(text) ?? [])).map(textOf),
      except: [],
      ports: dnsPorts,
      protocols: ['tcp', 'udp'],
      directions: ['out'],
    })
  },
  explain: ({ name, servers }, { wall, links }) => [
    servers === undefined
      ? say('any', { name, ports: dnsPorts.map(String) })
      : say('some', { name, servers: wall.addresses, ports: dnsPorts.map(String) }),
    say('still'),
    explainAdmitted({ links, wall }),
    ...(links.some(({ host }) => isIP(host) === 0) ? [say('link')] : []),
    ...explainFilterRollback,
  ],
  effect: ({ name }) => ({ probe: 'dns', params: { name, withinMs: patienceMs }, expect: 'down' }),
  budgets: () => filterBudgets,
  inject: async (context, _, undo) => {
    await addFilter(context, undo)
    await context.host.resolver.flush()
  },
  verify: filterStanding,
  stillInPlace: filterHolds,
  revert: async (context, undo) => {
    const reverted = await removeFilter(context, undo)
    // Some caches remember for a while that there was no answer.
    await context.host.resolver.flush()
    return reverted
  },
  byHand: filterByHand,
})

/** A name that no server is asked for would never show the failure. */
async function refuseWithoutEffect({ host, signal }: ActionContext, { name, servers = [] }: Params): Promise<void> {
  const local = servers.find((text) => text.startsWith('127.') || text === '::1')
  if (local !== undefined) {
    const why = `${local} is this host itself, where nothing is stopped; block the servers that it asks, or stop its service`
    throw new ChaosError('param-invalid', `${why}. Nothing was touched.`)
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookupMs)])
  const found = await host.resolver.lookup(name, limit).catch(() => [])
  if (found.length > 0) return
  throw new ChaosError('wrong-state', `${name} does not resolve on this host now: its loss would not be seen.`)
}
