import { type Comment, sentencesOf } from './comments.ts'
import * as words from './words.ts'

/** By which words a comment says that a program writes the file; `by` where it names the program. */
export interface Claim {
  readonly sentence: string
  /** Null where the comment names no program. */
  readonly by: string | null
}

/**
 * Where a comment says in its own words that a program writes the file; null where a person speaks, or nobody says so.
 */
export function claimOf(comment: Comment): Claim | null {
  const sentences = sentencesOf(comment)
  const lost = sentences.find(saysLost)
  const warns = lost !== undefined || sentences.some((each) => each.search(words.doNotEdit) >= 0)
  const makers = sentences.map((sentence) => makerIn(sentence, { lost: lost !== undefined, warns }))
  const index = makers.findIndex((maker) => maker !== 'nobody' && maker !== 'person')
  const [sentence, maker] = [sentences[index], makers[index]]
  if (sentence !== undefined && typeof maker === 'object') return { sentence, by: maker.program }
  // Whoever signs, or says whom to ask, is a person.
  const isPersons = makers.includes('person') || sentences.some((each) => words.asks.test(each))
  const alone = lost ?? sentences.find((each) => !isPersons && words.notByHand.test(each))
  return alone === undefined ? null : { sentence: alone, by: null }
}

/** Who made the file, as one sentence says. A program has no name where the sentence gives none. */
type Maker = 'nobody' | 'person' | { readonly program: string | null }

/** Does it say that a change of this file would not stay? */
function saysLost(sentence: string): boolean {
  if (words.notLost.test(sentence)) return false
  if (words.changesLost.test(sentence)) return true
  const before = words.rewritten.exec(sentence)?.groups?.before
  return before !== undefined && (isOfThisFile(before) || words.entriesOf.test(before))
}

function makerIn(sentence: string, how: { lost: boolean; warns: boolean }): Maker {
  const denies = words.denied.test(sentence.replaceAll(words.doNotEdit, '')) || words.over.test(sentence)
  const first = words.namedFirst.exec(sentence) ?? words.active.exec(sentence)
  if (first !== null) return denies ? 'nobody' : { program: first[1] ?? first[2] ?? null }
  const said = words.done.exec(sentence)?.groups
  if (said !== undefined) return makerSaid(said, words.automatic.test(sentence), how)
  const found = words.automatic.exec(sentence) ?? words.generatedFile.exec(sentence) ?? words.foreign.exec(sentence)
  if (found === null || denies) return 'nobody'
  const isWhole = words.foreign.test(sentence) || words.generatedFile.test(sentence)
  return isWhole || isOfThisFile(sentence.slice(0, found.index)) ? { program: null } : 'nobody'
}

/** "VERB by WHOM": a program, or somebody whom the other words make one. */
function makerSaid(
  said: Readonly<Record<string, string | undefined>>,
  automatic: boolean,
  { lost, warns }: { lost: boolean; warns: boolean },
): Maker {
  const { verb = '', how = '', preposition = '' } = said
  const before = (said.before ?? '').replaceAll(words.doNotEdit, '')
  const named = said.whom ?? ''
  // "built from LDAP by make-hosts": who did it comes last.
  const whom = preposition === 'from' ? (/ by (.+)$/i.exec(named)?.[1] ?? named) : named
  if (!isOfThisFile(before)) return 'nobody'
  if (words.denied.test(before) || words.over.test(before) || words.over.test(named)) return 'nobody'
  const made = words.isMade.test(verb) || automatic || how !== ''
  // So it was, and is not any more.
  if (!made && /\b(?:was|were|had been)\s*$/i.test(before)) return 'nobody'
  const name = whom.split(/[,;(]|\.(?=\s|$)|\s(?:and|on|at|for|in|to|because|when|if|as|since)\s/)[0]?.trim() ?? ''
  const kind = words.makerOf(name, whom)
  if (kind === 'person') return 'person'
  if (kind === 'program') return made || preposition !== 'from' || whom !== named ? { program: name } : 'nobody'
  const alone = words.introduction.test(before) || words.aloneIn.test(before)
  const isBlock = /^(?:begin|start)\b/i.test(before)
  const isSure = automatic || lost || isBlock || (warns && words.isManaged.test(verb)) || (made && alone)
  return preposition === 'by' && isSure ? { program: name } : 'nobody'
}

function isOfThisFile(before: string): boolean {
  return words.introduction.test(before) || words.ofThisFile.test(before)
}
