import type * as z from 'zod'
import { issuesText } from '../issue-text.ts'
import { MAX_FRAME_BYTES } from '../plain/index.ts'

/** A frame that could not be read: why, in words that are safe to log (nothing of the frame's content is repeated). */
export interface Unreadable {
  readonly ok: false
  readonly reason: string
}

/** Reads one text frame against the schema of its direction. Never throws. */
export function decode<T>(schema: z.ZodType<T>, text: string): { readonly ok: true; readonly frame: T } | Unreadable {
  if (text.length > MAX_FRAME_BYTES) return { ok: false, reason: `longer than ${MAX_FRAME_BYTES} bytes` }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { ok: false, reason: 'not JSON' }
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return { ok: true, frame: parsed.data }
  return { ok: false, reason: issuesText({ issues: parsed.error.issues.slice(0, 1) }, 'the frame') }
}

/** Writes one frame. */
export function encode(frame: object): string {
  return JSON.stringify(frame)
}
