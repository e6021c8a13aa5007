/** What a message of a monitoring system says. Only `firing` counts as the expected alert. */
export type Reading =
  | { readonly state: 'firing' | 'resolved'; readonly sender: string; readonly text: string | null }
  /** The sender is known, but this is neither an alert nor a recovery; `said` names what it is instead. */
  | { readonly state: 'neither'; readonly sender: string; readonly said: string }
  /** The form is not known; `why` says what was seen. */
  | { readonly state: 'unknown'; readonly why: string }

/** Looks for the message of one product; null: this is another's. */
export type Reader = (content: Content) => Reading | null

/** A message, taken apart but not understood yet. */
export interface Content {
  /** The JSON object; of a form, its fields. */
  readonly value: Readonly<Record<string, unknown>>
  /**
   * The single values at the top, by names in small letters without other characters: `event_value`, `EVENT.VALUE` and
   * `eventValue` are one name.
   */
  readonly fields: ReadonlyMap<string, string>
  /** The names as they were sent. */
  readonly names: readonly string[]
}

const TEXT_CHARS = 200

/** Somebody else's text as one printable line, shortened; null where there is none. */
export function cleaned(text: unknown, chars = TEXT_CHARS): string | null {
  if (typeof text !== 'string') return null
  const line = text
    .slice(0, chars * 4)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
  if (line === '') return null
  const all = [...line]
  return all.length <= chars ? line : `${all.slice(0, chars - 1).join('')}…`
}

/** A member of an object that is an object itself. */
export function objectIn(value: unknown, key: string): Readonly<Record<string, unknown>> | null {
  if (!isObject(value) || !Object.hasOwn(value, key)) return null
  return isObject(value[key]) ? value[key] : null
}

/** A JSON object: neither null nor an array, which `typeof` calls objects too. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
