import { ChaosError } from '@chaos-lite/shared'
import { covers, rangeOf, simplified, textOf } from '@chaos-lite/shared/address'
import { type Message, saying, underCodes } from '@chaos-lite/shared/words'
import * as z from 'zod'
import type { Direction, FilterTable } from '../../host/index.ts'
import { defineAction, type EffectProbe } from '../action.ts'
import { AddressRange, PortNumber } from '../params.ts'
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
import { portsList } from './ports-list.ts'
import { blockWords } from './words.en.ts'

const PLACE = 'action.network.block'
const say = saying(PLACE, blockWords)

const directionsOf: Readonly<Record<'out' | 'in' | 'both' | 'all', readonly Direction[]>> = {
  out: ['out'],
  in: ['in'],
  both: ['out', 'in'],
  all: ['out', 'in', 'through'],
}

/** Longer than any machine that answers at all. */
const patienceMs = 2_000

const Params = z.strictObject({
  addresses: z.array(AddressRange).min(1).max(64).describe('Addresses and ranges, such as 192.0.2.7 or 0.0.0.0/0'),
  except: z.array(AddressRange).max(64).optional().describe('Let through although they lie in these ranges'),
  ports: z.array(PortNumber).min(1).max(32).optional().describe('Only these ports; default: all traffic'),
  protocol: z.enum(['tcp', 'udp']).optional().describe('With ports: only this protocol; default: both'),
  direction: z
    .enum(['out', 'in', 'both', 'all'])
    .optional()
    .describe('out: what this host sends to them; in: what they send to it; all: also what it forwards; default: both'),
})
type Params = z.infer<typeof Params>

/** Drops packets by an nftables table of its own (nft(8)). The connection to the controller and SSH stay admitted. */
export const networkBlock = defineAction({
  name: 'network.block',
  words: { ...filterTexts, ...underCodes(PLACE, blockWords) },
  summary: 'Stops traffic between this host and addresses, as when a line or a firewall fails: packets get no answer.',
  needs: ['packet-filter'],
  params: Params,
  undo: { 1: FilterUndo },
  overRestart: 'ends',
  policy: { lists: [portsList] },
  touches: ({ addresses }) => simple(addresses).map((address) => `network:${address}`),
  asks: ({ addresses, ports }) => [
    ...addresses.map((value) => ({ kind: 'address' as const, value })),
    ...(ports ?? ['all']).map((port) => ({ kind: 'port' as const, value: String(port) })),
  ],
  prepare: async (context, params) => preparedFilter(context, stopsOf(params)),
  explain: (_, { wall, links }) => [
    ...explainFilter(wall),
    explainAdmitted({ links, wall }),
    ...(wall.directions.includes('through') ? [] : [say('forwarded')]),
    ...explainFilterRollback,
  ],
  effect: ({ addresses: [first], ports, protocol, direction }): EffectProbe | null => {
    const [port] = ports ?? []
    if (!first || first.includes('/') || port === undefined || protocol === 'udp' || direction === 'in') return null
    return { probe: 'tcp', params: { host: first, port, withinMs: patienceMs }, expect: 'down' }
  },
  budgets: () => filterBudgets,
  inject: (context, _, undo) => addFilter(context, undo),
  verify: filterStanding,
  stillInPlace: filterHolds,
  revert: removeFilter,
  byHand: filterByHand,
})

function stopsOf({ addresses, except = [], ports = [], protocol, direction = 'both' }: Params) {
  refuseLocal(addresses)
  const stopped = simple(addresses).map((text) => rangeOf(text))
  const open = simple(except).filter((text) => {
    const inner = rangeOf(text)
    return inner !== null && stopped.some((outer) => outer !== null && covers(outer, inner))
  })
  return {
    addresses: simple(addresses),
    except: open,
    ports: [...new Set(ports)].sort((a, b) => a - b),
    protocols: protocol === undefined ? ['tcp' as const, 'udp' as const] : [protocol],
    directions: [...directionsOf[direction]],
  }
}

/** Traffic within the host is always let through: a block of it would only look like one. */
function refuseLocal(addresses: readonly string[]): void {
  const own = ['127.0.0.0/8', '::1'].flatMap((text) => rangeOf(text) ?? [])
  const local = addresses.find((text) => {
    const range = rangeOf(text)
    return range !== null && own.some((outer) => covers(outer, range))
  })
  if (local === undefined) return
  throw new ChaosError('policy-refused', `${local} is this host itself: traffic within a host is never stopped.`, {
    rule: 'built-in: loopback',
  })
}

function simple(texts: readonly string[]): string[] {
  return simplified(texts.flatMap((text) => rangeOf(text) ?? [])).map(textOf)
}

function explainFilter({ addresses, except, ports, protocols, directions }: FilterTable): readonly Message[] {
  const at = { where: addresses, protocol: protocols.join('/'), ports: ports.map(String) }
  const all = { out: 'out', in: 'in', through: 'through' } as const
  const some = { out: 'outPorts', in: 'inPorts', through: 'throughPorts' } as const
  return [
    ...directions.map((one) => (ports.length === 0 ? say(all[one], { where: addresses }) : say(some[one], at))),
    ...(except.length === 0 ? [] : [say('except', { addresses: except })]),
  ]
}
