import type { Lacking } from './allow-command.ts'
import type { PolicyQuestion } from './question.ts'
import type { NamedList } from './unknown-names.ts'

/** What is asked of the host's owner. */
export interface PolicyRequest {
  readonly kind: 'action' | 'probe' | 'exercise'
  readonly name: string
  readonly harmless: boolean
  readonly questions: readonly PolicyQuestion[]
  /** For actions: the longest time the failure would stay. */
  readonly holdMs?: number
  /** For actions that a controller starts now: what this host has borne lately. */
  readonly lately?: {
    /** How long failures were held within 24 hours, added up. */
    readonly heldMs: number
    /** Since the last failure of another run was rolled back; null: none within 24 hours. */
    readonly restedMs: number | null
  }
  readonly wallMs: number
}

/**
 * What the host's owner says to one request. All three are one printable line: `reason` of at most 1024 and `rule` of at
 * most 512 characters, so that they fit a fact.
 */
export interface Ruling {
  readonly allowed: boolean
  readonly reason: string
  /** The line that decided; or the command that would allow it, ready for a shell. */
  readonly rule: string
  /** What would have to be added to the policy file, line by line; empty or absent where nothing there could allow it. */
  readonly lines?: readonly string[]
  /** The same, key by key. */
  readonly lacking?: Lacking
  /** Beside `lacking`: how the names of lists that actions brought are looked up on a host. */
  readonly named?: readonly NamedList[]
}

/** The host owner's local rules: deny by default, never writable through the wire. */
export interface Policy {
  readonly present: boolean
  /** SHA-256 of the file's bytes (`sha256:…`), or null without a file that can be believed. */
  readonly digest: string | null
  readonly warnings: readonly string[]
  /** Never throws. */
  allows(request: PolicyRequest): Ruling
}
