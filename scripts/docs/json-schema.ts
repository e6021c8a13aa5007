import { table } from './page.ts'

type Json = { readonly [key: string]: unknown }

/** The fields of an object schema (JSON Schema 2020-12) as a Markdown table. */
export function fieldsTable(schema: Json): string[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, Json>>
  const required = new Set((schema.required as string[] | undefined) ?? [])
  const rows = Object.entries(properties).map(([name, field]) => [
    `\`${name}\``,
    typeOf(field),
    required.has(name) ? 'yes' : field.default === undefined ? 'no' : `no; \`${JSON.stringify(field.default)}\``,
    describe(field),
  ])
  return rows.length === 0 ? ['No parameters.'] : table(['Name', 'Type', 'Required', 'Meaning'], rows)
}

/** A type in a few words. */
export function typeOf(schema: Json): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${String(value)}\``).join(' or ')
  const variants = (schema.anyOf ?? schema.oneOf) as readonly Json[] | undefined
  if (variants !== undefined) return [...new Set(variants.map(typeOf))].join(' or ')
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Json)}`
  if (schema.type === 'object') return objectType(schema)
  if (schema.type === 'integer') return 'whole number'
  if (schema.type === 'string') return 'text'
  return typeof schema.type === 'string' ? schema.type : 'anything'
}

function objectType(schema: Json): string {
  const names = Object.keys((schema.properties ?? {}) as object)
  if (names.length > 0 && names.length <= 6) return `{ ${names.join(', ')} }`
  return names.length > 6 ? 'object' : 'object of named values'
}

function describe(schema: Json): string {
  const limits = [
    typeof schema.description === 'string' ? schema.description : '',
    typeof schema.maxLength === 'number' ? `at most ${schema.maxLength} characters` : '',
    typeof schema.maxItems === 'number' ? `at most ${schema.maxItems}` : '',
  ]
  return limits.filter(Boolean).join('; ')
}
