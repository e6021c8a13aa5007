import type { PolicyQuestion } from '../actions/action.ts'

/** What the host's owner says to one request. `rule` names the line that decided, or the line that would allow it. */
export interface Ruling {
  readonly allowed: boolean
  readonly reason: string
  readonly rule: string
}

/** The host owner's local rules: deny by default, never writable through the wire. */
export interface Policy {
  readonly present: boolean
  /** SHA-256 of the file's bytes, or null without a file. */
  readonly digest: string | null
  readonly warnings: readonly string[]
  allows(request: {
    readonly kind: 'action' | 'probe' | 'exercise'
    readonly name: string
    readonly harmless: boolean
    readonly questions: readonly PolicyQuestion[]
    /** For actions: the longest time the failure would stay. */
    readonly holdMs?: number
    readonly wallMs: number
  }): Ruling
}
