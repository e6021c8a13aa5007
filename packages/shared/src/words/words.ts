import type { Message } from '../message.ts'
import type { Parameters } from './parameters.ts'

/** The messages of one place, by key, in one language: ICU message format (https://unicode-org.github.io/icu/userguide/format_parse/messages/). */
export type Words = Readonly<Record<string, string>>

/** Makes the messages of one place; the compiler knows the parameters of each from its text. */
export interface Say<W extends Words> {
  <K extends keyof W & string>(key: K, ...values: Given<W[K]>): Message
  /** A message of which some parameters were measured: those come last. */
  about<K extends keyof W & string, E extends keyof Parameters<W[K]>>(
    key: K,
    values: Omit<Parameters<W[K]>, E>,
    estimates: Pick<Parameters<W[K]>, E>,
  ): Message
}

/** What follows the key: nothing where the text has no parameters. */
export type Given<T extends string> = keyof Parameters<T> extends never ? [] : [values: Parameters<T>]
