import { sha256 } from '../journal/index.ts'

/** JSON with the keys of every object in order, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** What approval binds to: the same action, with the same parameters, would touch and say the same. */
export function explanationDigest(parts: {
  action: string
  params: unknown
  touches: readonly string[]
  sentences: readonly string[]
}): string {
  return `sha256:${sha256(canonicalJson(parts))}`
}
