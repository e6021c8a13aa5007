import type * as z from 'zod'
import type { NamedKind } from './unknown-names.ts'

/** Which entries of a list open more than their owner may have meant. Nothing here forbids anything: `doctor` warns. */
export interface WideEntries {
  /** In words, for the reference page. */
  readonly what: string
  /** What the entry does, to be read behind it; null where it is narrow enough. */
  look(entry: string): string | null
  readonly remedy: string
}

/**
 * A list of the policy file that an action brings. Each is brought by one action; others may ask questions of its kind, and
 * so may probes.
 */
export interface PolicyList {
  /** The key of the file, such as `services`. */
  readonly key: string
  /** The kind of the questions that its entries answer, such as `service`; a refusal calls the thing so. */
  readonly kind: string
  /** One entry. What it makes of the text is what `fits` is given. */
  readonly entry: z.ZodType<string>
  /** For the starter and the reference: what an entry opens. */
  readonly meaning: string
  readonly example: string
  fits(entry: string, value: string): boolean
  /** @throws ChaosError with its rule, for what a failure may never touch, whatever the file says */
  refuseProtected?(value: string): void
  /** Without it: each entry names one single thing. */
  readonly wide?: WideEntries
  /** Entries are names of something of this host: what does not exist is not suggested. */
  readonly named?: NamedKind
  /** A controller may learn from a refusal which names exist here, once the action that brought the list is allowed. */
  readonly isDisclosed?: true
}

/** A number of the policy file that bounds how far an action may go. */
export interface PolicyCeiling {
  /** The key of the file, and the kind of the questions that it answers. */
  readonly key: string
  /** With its default and its sentence; a whole number. */
  readonly field: z.ZodType<number>
  /** What is asked for, in words, with the unit. */
  asks(value: string): string
  /** The number is the least that must remain, not the most that may be taken. */
  readonly least: boolean
  /** Beyond this number too little is left to everybody else: `doctor` warns. */
  readonly warnBeyond: number
}

/** What an action adds to the policy file. */
export interface PolicyTerms {
  readonly lists?: readonly PolicyList[]
  readonly ceilings?: readonly PolicyCeiling[]
}
