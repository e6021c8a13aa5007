import type { Message, Say, Words } from './message.ts'
import { keepWords } from './own.ts'

/**
 * `place`: where the words are from, such as `action.disk.fill`; it begins each code.
 * @throws Error when another place of this program has taken one of these codes for another text
 */
export function saying<const W extends Words>(place: string, words: W): Say<W> {
  keepWords(place, words)
  const message = (key: string, values: object = {}, estimates: object = {}): Message => ({
    code: `${place}.${key}`,
    values: { ...values },
    estimates: { ...estimates },
  })
  return Object.assign(message, { about: message }) as Say<W>
}
