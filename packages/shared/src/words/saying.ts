import type { Message, Say, Words } from './message.ts'

/** `place`: where the words are from, such as `action.disk.fill`; it begins each code. */
export function saying<const W extends Words>(place: string, _words: W): Say<W> {
  const message = (key: string, values: object = {}, estimates: object = {}): Message => ({
    code: `${place}.${key}`,
    values: { ...values },
    estimates: { ...estimates },
  })
  return Object.assign(message, { about: message }) as Say<W>
}
