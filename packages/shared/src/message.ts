/**
 * What a parameter of a message may be. A list is written with commas, as the language of the reader writes lists; a
 * message inside a message is written in its place, in the same language.
 */
export type Value = string | number | Message | readonly (string | Message)[]

/**
 * What people are to read, without a language: a code, and what it is about. `values` are facts that a decision may bind
 * to. `estimates` are what was measured at one moment, shown for information: two messages that differ only there say
 * the same.
 */
export interface Message {
  /** Such as `action.disk.fill.takes`: the place of its words, then its key there. A new meaning gets a new code. */
  readonly code: string
  readonly values: Readonly<Record<string, Value>>
  readonly estimates: Readonly<Record<string, Value>>
}

/** Is this value a message, written in its place? */
export function isMessage(value: Value): value is Message {
  return typeof value === 'object' && 'code' in value
}
