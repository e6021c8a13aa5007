import { ChaosError } from '@chaos-lite/shared'
import { rangeOf, textOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import type { FilterStanding } from '../../packet-filter.ts'
import { hookOf, type NftTable } from './ruleset.ts'

const Entry = z.record(z.string(), z.record(z.string(), z.unknown()))
const Listing = z.object({ nftables: z.array(Entry).max(100_000) })

/** What a table holds, as `nft -j list table` prints it: only what distinguishes ours from others'. */
export interface ListedTable {
  readonly chains: readonly { readonly name: string; readonly hook: string }[]
  readonly sets: readonly { readonly name: string; readonly elements: readonly string[] }[]
  readonly rules: readonly {
    readonly chain: string
    readonly handle: number
    readonly comment: string
    readonly verdict: string
  }[]
  /** Kinds of other things: maps, counters, flow tables … */
  readonly others: readonly string[]
}

/** @throws ChaosError `tool-failed` when it is not what nft prints */
export function parseListing(text: string): ListedTable {
  const parsed = Listing.safeParse(jsonOf(text))
  if (!parsed.success) throw new ChaosError('tool-failed', 'nft listed a table in a form that is not understood.')
  const chains: ListedTable['chains'][number][] = []
  const sets: ListedTable['sets'][number][] = []
  const rules: ListedTable['rules'][number][] = []
  const others: string[] = []
  for (const entry of parsed.data.nftables) {
    for (const [kind, body] of Object.entries(entry)) {
      if (kind === 'chain') chains.push({ name: String(body.name), hook: String(body.hook ?? 'none') })
      else if (kind === 'set') sets.push({ name: String(body.name), elements: elementsOf(body.elem) })
      else if (kind === 'rule') rules.push(ruleOf(body))
      else if (kind !== 'metainfo' && kind !== 'table') others.push(kind)
    }
  }
  return { chains, sets, rules, others }
}

/** Holds a table against what we raised. */
export function judged(wanted: NftTable, listed: ListedTable): FilterStanding {
  const foreign = foreignIn(wanted, listed)
  const elements = (name: string) => listed.sets.find((each) => each.name === name)?.elements ?? []
  const rulesStand = wanted.chains.every((chain) => {
    const hooked = listed.chains.some(({ name, hook }) => name === chain && hook === hookOf[chain])
    const inChain = (rule: { readonly chain: string }) => rule.chain === chain
    const comments = new Set(wanted.rules.map(({ comment }) => comment))
    const ours = listed.rules.filter(inChain).filter(({ comment }) => comments.has(comment))
    return hooked && same(ours.map(say), wanted.rules.filter(inChain).map(say))
  })
  const stops =
    rulesStand && wanted.sets.every((set) => set.addresses.every((each) => elements(set.name).includes(each)))
  if (foreign.length > 0 || !rulesStand) return { state: 'changed', stops, foreign }
  if (stops) return { state: 'whole', stops, foreign }
  const isLifted = wanted.sets.filter((set) => set.timed).every(({ name }) => elements(name).length === 0)
  return { state: isLifted ? 'lifted' : 'changed', stops, foreign }
}

/** Rules, chains and sets that we did not make, in words. */
function foreignIn(wanted: NftTable, listed: ListedTable): readonly string[] {
  const comments = new Set(wanted.rules.map(({ comment }) => comment))
  const rules = listed.rules.filter(({ comment }) => !comments.has(comment))
  const unknown = (name: string, ours: readonly string[]) => !ours.includes(name)
  const setNames = wanted.sets.map(({ name }) => name)
  return [
    ...rules.map(({ chain, handle }) => `rule ${handle} of chain ${chain}`),
    ...listed.chains.filter(({ name }) => unknown(name, wanted.chains)).map(({ name }) => `chain ${name}`),
    ...listed.sets.filter(({ name }) => unknown(name, setNames)).map(({ name }) => `set ${name}`),
    ...listed.sets.flatMap(({ name, elements }) => {
      const ours = wanted.sets.find((each) => each.name === name)?.addresses
      return ours ? elements.filter((each) => unknown(each, ours)).map((each) => `${each} in set ${name}`) : []
    }),
    ...listed.others.map((kind) => `a ${kind}`),
  ]
}

function say({ comment, verdict }: { readonly comment: string; readonly verdict: string }): string {
  return `${comment} ${verdict}`
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, index) => each === b[index])
}

function ruleOf(body: Readonly<Record<string, unknown>>): ListedTable['rules'][number] {
  const last: unknown = Array.isArray(body.expr) ? body.expr.at(-1) : null
  const verdict = typeof last === 'object' && last !== null ? (Object.keys(last)[0] ?? '') : ''
  return { chain: String(body.chain), handle: Number(body.handle), comment: String(body.comment ?? ''), verdict }
}

function elementsOf(elem: unknown): readonly string[] {
  if (!Array.isArray(elem)) return []
  return elem.map((each: unknown) => {
    const inner = isObject(each) && isObject(each.elem) ? each.elem.val : each
    if (typeof inner === 'string') return canonical(inner)
    if (isObject(inner) && isObject(inner.prefix)) return canonical(`${inner.prefix.addr}/${inner.prefix.len}`)
    return JSON.stringify(inner)
  })
}

function canonical(text: string): string {
  const range = rangeOf(text)
  return range === null ? text : textOf(range)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
