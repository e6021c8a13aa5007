import type { Message } from '../message.ts'
import { wordsKnown } from './known.ts'
import type { Say, Words } from './words.ts'

/**
 * Makes the messages of one place, and makes its words known to this program: see `inEnglish`.
 * @param place where the words are from, such as `action.disk.fill`; it begins each code
 */
export function saying<const W extends Words>(place: string, words: W): Say<W> {
  wordsKnown(place, words)
  const message = (key: string, values: object = {}, estimates: object = {}): Message => ({
    code: `${place}.${key}`,
    values: { ...values },
    estimates: { ...estimates },
  })
  return Object.assign(message, { about: message }) as Say<W>
}
