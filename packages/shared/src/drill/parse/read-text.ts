import type { Placed } from './located.ts'
import { DRILL_MAX_BYTES } from './read-yaml.ts'

/**
 * The text with the exact bytes that digests cover (a byte order mark included), or the one reason why there is none.
 */
export type ReadText =
  | { readonly ok: true; readonly text: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly mistake: Placed }

/** The text of a drill file and its exact bytes; refuses what is too big or no UTF-8. */
export function readText(source: string | Uint8Array): ReadText {
  if (source.length > DRILL_MAX_BYTES) return refused('the file is too big')
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source
  if (bytes.length > DRILL_MAX_BYTES) return refused('the file is too big')
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), bytes }
  } catch {
    return refused('the file is not UTF-8 text')
  }
}

function refused(message: string): ReadText {
  const expected = `UTF-8 text of at most ${DRILL_MAX_BYTES / 1024} KiB`
  return { ok: false, mistake: { line: 1, column: 1, path: '', message, expected, nearest: null } }
}
