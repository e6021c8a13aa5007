import type { Params } from '../primitives.ts'

/** A value as it stands in a drill file. */
export type Json = Params[string]

/** One `${params.x}` or `${host.x}` inside a string. */
export interface Placeholder {
  readonly scope: 'params' | 'host'
  readonly name: string
  readonly text: string
}

/** What `${host.…}` can read: facts of the host on which the step or the probe runs. */
export const hostFactNames = ['name', 'address'] as const
/** One text for each name of `hostFactNames`; the planner takes them from the inventory of the host. */
export type HostFacts = Readonly<Record<(typeof hostFactNames)[number], string>>

const PLACEHOLDER = /\$\{(params|host)\.([a-zA-Z][a-zA-Z0-9_-]{0,62})\}/g

/** The placeholders of a string, in order. */
export function placeholdersIn(text: string): Placeholder[] {
  return [...text.matchAll(PLACEHOLDER)].map(toPlaceholder)
}

/** True when something in the string begins like a placeholder and is none. */
export function hasBrokenPlaceholder(text: string): boolean {
  return text.replaceAll(PLACEHOLDER, ' ').includes('${')
}

/** The placeholder that is the whole string, or null. Such a one keeps the type of its value. */
export function wholePlaceholder(text: string): Placeholder | null {
  const [first] = placeholdersIn(text)
  return first !== undefined && first.text === text ? first : null
}

/** The value of a placeholder; undefined leaves it as it stands. */
export type Lookup = (placeholder: Placeholder) => Json | undefined

/** Fills the placeholders of one string; a placeholder that is the whole string keeps the type of its value. */
export function fillText(text: string, lookup: Lookup): Json {
  const whole = wholePlaceholder(text)
  if (whole !== null) return lookup(whole) ?? text
  return text.replaceAll(PLACEHOLDER, (found, scope: Placeholder['scope'], name: string) => {
    const value = lookup({ scope, name, text: found })
    return value === undefined ? found : String(value)
  })
}

/** Fills the placeholders of every string in a value. Keys are never filled. */
export function fillJson(value: Json, lookup: Lookup): Json {
  if (typeof value === 'string') return fillText(value, lookup)
  if (Array.isArray(value)) return value.map((item) => fillJson(item, lookup))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillJson(item, lookup)]))
}

/** Fills `${host.name}` and `${host.address}` in resolved parameters: the planner does this host by host. */
export function fillHostFacts(params: Params, facts: HostFacts): Params {
  const lookup: Lookup = ({ scope, name }) => (scope === 'host' ? hostFact(facts, name) : undefined)
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key, fillJson(value, lookup)]))
}

/** One fact of a host by its name, or undefined. */
export function hostFact(facts: HostFacts, name: string): string | undefined {
  const known = hostFactNames.find((fact) => fact === name)
  return known === undefined ? undefined : facts[known]
}

function toPlaceholder(match: RegExpMatchArray): Placeholder {
  return { scope: match[1] === 'host' ? 'host' : 'params', name: match[2] ?? '', text: match[0] }
}
