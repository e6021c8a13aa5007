import type * as z from 'zod'
import type { PolicyQuestion } from '../policy/index.ts'
import { type PolicyFile, valueIn } from './schema.ts'
import { ceilings } from './terms.ts'

/** What the file says to one question about a number. `asked` is null when no line could ever allow it. */
export interface CeilingRuling {
  readonly name: string
  readonly allowed: boolean
  readonly asked: number | null
  readonly thing: string
}

/** Null for a question about a name, which is none about a number. */
export function ceilingOf(file: PolicyFile, { kind, value }: PolicyQuestion): CeilingRuling | null {
  const ceiling = ceilings.find(({ key }) => key === kind)
  if (ceiling === undefined) return null
  const { key: name, field, asks, least } = ceiling
  const asked = /^\d{1,4}$/.test(value) ? field.safeParse(Number(value)) : null
  if (asked?.success !== true) return { name, allowed: false, asked: null, thing: `the ${name} ${value}` }
  const now = numberIn(file, name)
  const allowed = least ? asked.data >= now : asked.data <= now
  const limit = least ? `at least ${now}` : `at most ${now}`
  return { name, allowed, asked: asked.data, thing: `${asks(value)} (${limit})` }
}

/** The number that holds, from the file or the default. */
export function numberIn(file: PolicyFile, name: string): number {
  return Number(valueIn(file, name))
}

/** Of two numbers the one that allows more: a line that is suggested must do for both. */
export function wider(name: string, a: number, b: number | null): number {
  if (b === null) return a
  return ceilings.find(({ key }) => key === name)?.least === true ? Math.min(a, b) : Math.max(a, b)
}

/** The schemas by key: what an action brought, with its default. */
export const ceilingFields: Readonly<Record<string, z.ZodType<number>>> = Object.fromEntries(
  ceilings.map(({ key, field }) => [key, field]),
)
