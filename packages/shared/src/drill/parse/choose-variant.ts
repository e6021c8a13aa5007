import * as z from 'zod'
import type { Path } from '../../path.ts'
import { type Finding, mistake } from '../finding.ts'
import { nearestOf } from '../nearest.ts'
import { shown } from '../params/check-value.ts'
import type { Json } from '../placeholder.ts'
import { oneOf, unwrapped } from './expected-of.ts'

type Chosen = { readonly schema: z.core.$ZodType | null } | { readonly findings: Finding[] }

/**
 * Which alternative of a union was meant. Alternatives that are maps are distinguished by the key that names each (`inject`,
 * `ask`, …: the first key an alternative requires). `schema: null`: none fits.
 */
export function chooseVariant(union: z.ZodUnion, value: Json, path: Path): Chosen {
  const fitting = union.options.find((option) => z.safeParse(option, value).success)
  if (fitting !== undefined) return { schema: fitting }
  const maps = union.options.map(unwrapped).filter((option) => option instanceof z.ZodObject)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const [only] = maps
    return maps.length > 1 ? chooseByKey(maps, Object.keys(value), path) : { schema: only ?? null }
  }
  const lists = union.options.map(unwrapped).filter((option) => option instanceof z.ZodArray)
  return { schema: Array.isArray(value) && lists.length === 1 ? (lists[0] ?? null) : null }
}

function chooseByKey(maps: readonly z.ZodObject[], keys: readonly string[], path: Path): Chosen {
  const names = maps.map(namingKey)
  const present = names.filter((name) => keys.includes(name))
  const chosen = maps[names.indexOf(present[0] ?? '')]
  if (present.length === 1 && chosen !== undefined) return { schema: chosen }
  if (present.length > 1) {
    const message = `an entry is one thing only; this one has ${present.map((name) => `\`${name}\``).join(' and ')}`
    return { findings: [mistake(path, message, { expected: 'one entry for each' })] }
  }
  const known = new Set(maps.flatMap((map) => Object.keys(map.shape)))
  const misspelt = keys.find((key) => !known.has(key) && nearestOf(key, names) !== null)
  if (misspelt === undefined) {
    return {
      findings: [mistake(path, 'nothing says what this entry is', { expected: oneOf(names, 'one of the keys') })],
    }
  }
  const details = { at: 'key', expected: oneOf(names), nearest: nearestOf(misspelt, names) } as const
  return { findings: [mistake([...path, misspelt], `unknown key \`${shown(misspelt).slice(1, -1)}\``, details)] }
}

function namingKey(map: z.ZodObject): string {
  const entries: [string, z.core.$ZodType][] = Object.entries(map.shape)
  return entries.find(([, part]) => !z.safeParse(part, undefined).success)?.[0] ?? ''
}
