import { PlainDuration } from '@chaos-lite/shared'
import * as z from 'zod'

type Schema = Readonly<Record<string, unknown>>

/**
 * Needs a probe no line of the host's owner? Only when nothing in its parameters can name a thing: no path, no name, no
 * address, no port, no process. What is left are choices from a fixed list, switches, durations, and numbers that a value
 * is compared with or waited for (`…AtLeast`, `…AtMost`, `…Ms`). Decided by the form of the parameters, so that a probe
 * that takes more tomorrow needs a line from then on.
 */
export function isHarmless(params: z.ZodType): boolean {
  return isNameless('', z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as Schema)
}

function isNameless(key: string, schema: Schema): boolean {
  if (Array.isArray(schema.enum) || 'const' in schema) return true
  if (schema.type === 'boolean' || schema.type === 'null') return true
  if (schema.type === 'number' || schema.type === 'integer') return /(?:AtLeast|AtMost|Ms)$/.test(key)
  if (schema.type === 'string') return isDuration(schema)
  if (schema.type !== 'object' || schema.additionalProperties !== false) return false
  // One key too many of a form that is not understood here, such as a list or a choice of several forms: not harmless.
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).every(([name, part]) =>
    isNameless(name, part),
  )
}

const durationPattern = (z.toJSONSchema(PlainDuration) as Schema).pattern

function isDuration({ pattern }: Schema): boolean {
  return pattern === durationPattern
}
