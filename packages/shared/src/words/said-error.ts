import { ChaosError, type ErrorCode, type ErrorItem, sentenceOf } from '../errors.ts'
import type { Message } from '../message.ts'
import { inEnglish } from './text-of.ts'

interface Options {
  readonly cause?: unknown
  /** The rule that decided, or the command that would allow it. */
  readonly rule?: string
  readonly items?: readonly ErrorItem[]
}

/** An error whose text is a message: it carries both, so that what it says can be read in another language. */
export function saidError(code: ErrorCode, message: Message, options: Options = {}): ChaosError {
  return new ChaosError(code, inEnglish(message), { ...options, said: message })
}

/** What an error says, to be a part of another message: its message, or its text where it has none. */
export function saidBy(thrown: unknown): string | Message {
  if (thrown instanceof ChaosError && thrown.said !== null) return thrown.said
  return sentenceOf(thrown)
}
