import { isDeepStrictEqual } from 'node:util'
import { ChaosError, formatMistake, readYamlAs } from '@chaos-lite/shared'
import { PolicyFile } from '../schema.ts'
import { suggestedLines } from '../suggest.ts'
import { type Addition, isAllowedBy, withAddition } from './addition.ts'
import { spliced } from './splice.ts'

/** A policy file with the additions; everything else in it, comments too, is as it was. */
export interface Edited {
  readonly text: string
  readonly added: readonly Addition[]
  /** What the file allowed before. */
  readonly already: readonly Addition[]
}

/**
 * The text of a policy with what was asked for, and every other byte as it was. Each step is read back with the schema
 * of the loader: the result means exactly the old file and the addition.
 * @throws ChaosError `param-invalid` when the file has a mistake, or cannot be edited by a program
 */
export function editPolicy(text: string, additions: readonly Addition[], path: string): Edited {
  const added: Addition[] = []
  const already: Addition[] = []
  let now = { text, file: understood(text, path) }
  for (const addition of additions) {
    if (isAllowedBy(now.file, addition)) already.push(addition)
    else {
      now = withOne(now, addition, path)
      added.push(addition)
    }
  }
  return { text: now.text, added, already }
}

/** @throws ChaosError with every mistake: file, line, column, what was expected */
export function understood(text: string, path: string): PolicyFile {
  const parsed = readYamlAs(PolicyFile, text, path)
  if (parsed.ok) return parsed.value
  const mistakes = parsed.mistakes.map(formatMistake).slice(0, 20).join('\n  ')
  const advice = 'Nothing was changed. Correct these lines first, then run the command again'
  throw new ChaosError(
    'param-invalid',
    `${path} has mistakes, and allows nothing until they are corrected:\n  ${mistakes}\n${advice}`,
  )
}

function withOne(before: { text: string; file: PolicyFile }, addition: Addition, path: string) {
  const wanted = withAddition(before.file, addition)
  for (const text of spliced(before.text, addition)) {
    const parsed = readYamlAs(PolicyFile, text, path)
    if (parsed.ok && isDeepStrictEqual(parsed.value, wanted)) return { text, file: parsed.value }
    // A list that is full says so itself.
    if (!parsed.ok && parsed.mistakes.some(({ path: at }) => at === addition.key)) understood(text, path)
  }
  const { kind, key, value } = addition
  const lines = suggestedLines({ [key]: kind === 'entry' ? [value] : value }).join('\n  ')
  throw new ChaosError(
    'param-invalid',
    `\`${key}\` of ${path} is written in a form that this command does not edit. Nothing was changed. Add by hand:\n  ${lines}`,
  )
}
