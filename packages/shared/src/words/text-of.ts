import { IntlMessageFormat } from 'intl-messageformat'
import { isMessage, type Message, type Value } from '../message.ts'
import { knownText } from './known.ts'
import type { Words } from './words.ts'

/** More different texts than this are not kept ready. */
const MOST_KEPT = 4_000
/** Messages inside messages, at most: a message that another process sent may be of any depth. */
const DEEPEST = 3
/** The languages that texts exist in. */
export type Language = 'en'

/** The text of a code, in ICU message format; undefined where there is none. */
type TextOfCode = (code: string) => string | undefined

const kept = new Map<string, IntlMessageFormat>()

/** The sentence of a message, by the words of its code. Null where these words do not have it, or cannot be read. */
export function textOf(words: Words, message: Message, language: Language = 'en'): string | null {
  return formatted((code) => (Object.hasOwn(words, code) ? words[code] : knownText(code)), message, language)
}

/** The sentence of a message, by the words that this program knows; its code and values where it knows none. */
export function inEnglish(message: Message): string {
  return formatted(knownText, message, 'en') ?? codeText(message)
}

/** How a message is shown whose words are not at hand: its code and what it is about. */
export function codeText({ code, values, estimates }: Message): string {
  const one = (value: Value): string => (isMessage(value) ? codeText(value) : String(value))
  const about = Object.entries({ ...values, ...estimates }).map(
    ([name, value]) => `${name}=${Array.isArray(value) ? value.map(one).join(',') : one(value)}`,
  )
  return about.length === 0 ? code : `${code} (${about.join(', ')})`
}

/** The words of one place under their codes. */
export function underCodes(place: string, words: Words): Words {
  return Object.fromEntries(Object.entries(words).map(([key, text]) => [`${place}.${key}`, text]))
}

function formatted(textOfCode: TextOfCode, message: Message, language: Language, depth = 0): string | null {
  const text = textOfCode(message.code)
  if (text === undefined || depth > DEEPEST) return null
  const list = new Intl.ListFormat(language, { style: 'short', type: 'unit' })
  const inside = (value: string | Message) =>
    typeof value === 'string' ? value : (formatted(textOfCode, value, language, depth + 1) ?? codeText(value))
  const written = (value: Value) => {
    if (typeof value === 'string' || typeof value === 'number') return value
    return isMessage(value) ? inside(value) : list.format(value.map(inside))
  }
  const values = Object.entries({ ...message.values, ...message.estimates })
  try {
    return String(formatOf(text, language).format(Object.fromEntries(values.map(([name, v]) => [name, written(v)]))))
  } catch {
    return null
  }
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
