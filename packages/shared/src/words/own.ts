import type { Message, Words } from './message.ts'
import { codeText, textOf } from './text-of.ts'

/** The words of every place whose messages this program can make. */
const own: Record<string, string> = Object.create(null)

/**
 * Takes note of the words of a place, so that a message can be read wherever it gets to in this program.
 * @throws Error when one code would have two texts: a mistake of ours
 */
export function keepWords(place: string, words: Words): void {
  for (const [key, text] of Object.entries(words)) {
    const code = `${place}.${key}`
    if (own[code] !== undefined && own[code] !== text) throw new Error(`${code} has two texts`)
    own[code] = text
  }
}

/** A message of this program in English, as its logs, records and errors show it. */
export function ownText(message: Message): string {
  return textOf(own, message) ?? codeText(message)
}
