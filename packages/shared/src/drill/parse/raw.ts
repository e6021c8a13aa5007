import type { Json } from '../placeholder.ts'

/** A map as it stands in the file, whether or not the grammar likes it; no map counts as an empty one. */
export function mapAt(value: Json | undefined, key: string): Record<string, Json> {
  const inner = partAt(value, key)
  return isMap(inner) ? inner : {}
}

/** A list as it stands in the file; no list counts as an empty one. */
export function listAt(value: Json | undefined, key: string): readonly Json[] {
  const inner = partAt(value, key)
  return Array.isArray(inner) ? inner : []
}

/** A text as it stands in the file, or null. */
export function textAt(value: Json | undefined, key: string): string | null {
  const inner = partAt(value, key)
  return typeof inner === 'string' ? inner : null
}

/** One part of a map, or undefined. */
export function partAt(value: Json | undefined, key: string): Json | undefined {
  return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Is it a map of keys? */
export function isMap(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
