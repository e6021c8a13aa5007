import { ChaosError } from '../../errors.ts'
import type { Params } from '../../primitives.ts'
import { durationMs } from '../duration.ts'
import { fillJson, fillText, type HostFacts, hostFact, type Lookup } from '../placeholder.ts'

/** Fills texts, values and durations of one drill. */
export interface Filler {
  text(text: string): string
  params(params: Params | undefined): Params
  ms(text: string): number
}

/** Fills from parameter values, and from the facts of one host where they are known. */
export function fillerOf(values: Params, facts: HostFacts | null): Filler {
  const lookup: Lookup = ({ scope, name }) => {
    if (scope === 'params') return Object.hasOwn(values, name) ? values[name] : undefined
    return facts === null ? undefined : hostFact(facts, name)
  }
  const text = (raw: string): string => String(fillText(raw, lookup))
  return {
    text,
    params: (params) => mapValues(params ?? {}, (value) => fillJson(value, lookup)),
    ms: (raw) => {
      const filled = text(raw)
      const ms = durationMs(filled)
      if (ms !== null) return ms
      throw new ChaosError('param-invalid', `"${filled}" (from ${raw}) is no duration; give one such as 10s or 15m.`)
    },
  }
}

/** The same keys with changed values. */
export function mapValues<From, To>(from: Record<string, From>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value)]))
}
