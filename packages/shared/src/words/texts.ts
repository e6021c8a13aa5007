import { saying } from './saying.ts'
import { inEnglish } from './text-of.ts'
import type { Given, Words } from './words.ts'

/** The texts of one place for those who show them at once: screens and terminals. */
export type Texts<W extends Words> = <K extends keyof W & string>(key: K, ...values: Given<W[K]>) => string

/** The same as `saying`, where only the text is wanted, in the language of the reader. */
export function texts<const W extends Words>(place: string, words: W): Texts<W> {
  const say = saying(place, words)
  return (key, ...values) => inEnglish(say(key, ...values))
}
