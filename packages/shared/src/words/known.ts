import type { Words } from './words.ts'

const known = new Map<string, Words>()

/** Makes the words of a place known to this program. Another text under the same code is a mistake of the program, and throws. */
export function wordsKnown(place: string, words: Words): void {
  const before = known.get(place)
  if (before === words) return
  for (const key of Object.keys(words)) {
    if (before !== undefined && Object.hasOwn(before, key) && before[key] !== words[key])
      throw new Error(`Two texts have the code ${place}.${key}.`)
  }
  known.set(place, { ...before, ...words })
}

/** The text of a code, in ICU message format. Undefined where this program has none. */
export function knownText(code: string): string | undefined {
  const end = code.lastIndexOf('.')
  const words = known.get(code.slice(0, end))
  const key = code.slice(end + 1)
  return words !== undefined && Object.hasOwn(words, key) ? words[key] : undefined
}
