import { IntlMessageFormat } from 'intl-messageformat'
import type { Message, Words } from './message.ts'
import type { Value } from './parameters.ts'

/** More different texts than this are not kept ready. */
const MOST_KEPT = 2_000
/** The languages that texts exist in. */
export type Language = 'en'

const kept = new Map<string, IntlMessageFormat>()

/** The sentence of a message, by the words of its code. Null where these words do not have it, or cannot be read. */
export function textOf(words: Words, { code, values, estimates }: Message, language: Language = 'en'): string | null {
  const text = Object.hasOwn(words, code) ? words[code] : undefined
  if (text === undefined) return null
  try {
    return String(formatOf(text, language).format(written({ ...values, ...estimates }, language)))
  } catch {
    return null
  }
}

/** How a message is shown whose words are not at hand: its code and what it is about. */
export function codeText({ code, values, estimates }: Message): string {
  const about = Object.entries({ ...values, ...estimates }).map(
    ([name, value]) => `${name}=${[value].flat().join(',')}`,
  )
  return about.length === 0 ? code : `${code} (${about.join(', ')})`
}

/** The words of one place under their codes. */
export function underCodes(place: string, words: Words): Words {
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [`${place}.${key}`, text]))
}

function written(values: Readonly<Record<string, Value>>, language: Language): Record<string, string | number> {
  const list = new Intl.ListFormat(language, { style: 'short', type: 'unit' })
  const one = (value: Value) => (typeof value === 'string' || typeof value === 'number' ? value : list.format(value))
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, one(value)]))
}

function formatOf(text: string, language: Language): IntlMessageFormat {
  const known = kept.get(text)
  if (known !== undefined) return known
  if (kept.size >= MOST_KEPT) kept.clear()
  // Angle brackets are no tags: a text stays a text wherever it is shown.
  const format = new IntlMessageFormat(text, language, undefined, { ignoreTag: true })
  kept.set(text, format)
  return format
}
