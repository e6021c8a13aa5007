import { canonicalJson } from '@chaos-lite/shared'
import { sha256 } from '../journal/index.ts'

/** What approval binds to: the same action, with the same parameters, would touch and say the same. */
export function explanationDigest(parts: {
  action: string
  params: unknown
  touches: readonly string[]
  sentences: readonly string[]
}): string {
  return `sha256:${sha256(canonicalJson(parts))}`
}
