import * as z from 'zod'
import { type Menu, type MenuItem, TRAITS_KEYWORD } from '../catalogue/index.ts'
import { isMap } from './parse/raw.ts'
import type { Json } from './placeholder.ts'
import { Drill, ExerciseStep, InjectStep, ProbeUse } from './schema.ts'

type JsonSchema = Record<string, Json>

/** In an editor a placeholder may stand wherever a value may; the parser then checks what it becomes. */
const PLACEHOLDER: JsonSchema = { type: 'string', pattern: '\\$\\{(params|host)\\.[a-zA-Z][a-zA-Z0-9_-]*\\}' }
/** The dialect that YAML editors understand best. */
const DIALECT = 'draft-7'

/**
 * The grammar of a drill as JSON Schema, for editors to complete from. With a menu the names and parameters of its
 * actions, probes and exercises are offered too. What needs more than one place to decide (an unknown group, a question
 * that outlasts its hold) only `parseDrill` reports.
 */
export function drillJsonSchema(menu: Menu | null): JsonSchema {
  const schema = plain(Drill)
  schema.title = 'A drill of Chaos Lite'
  schema.description =
    'A small, reversible rehearsal of a failure: what must keep passing, what is made to fail, who is asked.'
  if (menu === null) return schema
  const properties = mapOf(schema.properties)
  for (const section of menu.probes.length === 0 ? [] : ['steadyState', 'watch']) {
    mapOf(properties[section]).additionalProperties = { anyOf: uses('probe', ProbeUse, menu.probes) }
  }
  const items = mapOf(mapOf(properties.method).items)
  const steps = Array.isArray(items.anyOf) ? items.anyOf : []
  items.anyOf = [
    ...uses('inject', InjectStep, menu.actions),
    ...uses('exercise', ExerciseStep, menu.exercises),
    ...steps.filter((step) => !has(step, 'inject') && !has(step, 'exercise')),
  ]
  return schema
}

/** One alternative for each item: its name, and under `with` its own parameters. */
function uses(key: string, schema: z.ZodObject, items: readonly MenuItem[]): JsonSchema[] {
  return items.map((item) => {
    const { $schema: _dialect, definitions: _json, ...use } = plain(schema)
    const properties = mapOf(use.properties)
    properties[key] = { const: item.name, title: item.name, description: item.summary }
    // A reference would point from the wrong place once it is embedded; such parameters are offered without their form.
    const own = JSON.stringify(item.params).includes('"$ref"') ? { type: 'object' } : item.params
    properties.with = { ...mapOf(withPlaceholders(own)), title: `Parameters of ${item.name}` }
    const needed = Array.isArray(item.params.required) && item.params.required.length > 0
    if (needed && Array.isArray(use.required)) use.required = [...use.required, 'with']
    return { ...use, title: item.name, description: item.summary }
  })
}

function plain(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, { target: DIALECT, io: 'input', override: withoutUnicodePattern }) as JsonSchema
}

/** "Printable text" needs Unicode classes, which not every editor's checker knows; the parser checks it anyway. */
function withoutUnicodePattern({ jsonSchema }: { jsonSchema: { pattern?: string } }): void {
  if (jsonSchema.pattern?.includes('\\p{')) delete jsonSchema.pattern
}

/** The same schema where every value inside may be a placeholder as well. */
function withPlaceholders(schema: Json): Json {
  if (!isMap(schema)) return schema
  const { $schema: _dialect, [TRAITS_KEYWORD]: _traits, ...rest } = schema
  const inside: JsonSchema = { ...rest }
  if (isMap(rest.properties)) {
    inside.properties = Object.fromEntries(
      Object.entries(rest.properties).map(([name, part]) => [name, orPlaceholder(withPlaceholders(part))]),
    )
  }
  if (isMap(rest.items)) inside.items = orPlaceholder(withPlaceholders(rest.items))
  for (const key of ['anyOf', 'oneOf'] as const) {
    const options = rest[key]
    if (Array.isArray(options)) inside[key] = options.map(withPlaceholders)
  }
  return inside
}

function orPlaceholder(schema: Json): Json {
  const { title, description, ...rest } = mapOf(schema)
  const words = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) }
  return { ...words, anyOf: [rest, PLACEHOLDER] }
}

function mapOf(value: Json | undefined): JsonSchema {
  return isMap(value) ? value : {}
}

function has(step: Json, key: string): boolean {
  return Object.hasOwn(mapOf(mapOf(step).properties), key)
}
