import { claimOf } from './claims.ts'
import { commentsOf } from './comments.ts'
import { knownGenerators } from './known.ts'
import { over } from './words.ts'

/** The program that writes a file again and again, as the file itself says. */
export interface Generator {
  /** Null where the file does not name it. */
  readonly name: string | null
  /** The line of the file that says so. */
  readonly words: string
  /** What a person does about it. */
  readonly advice: string
}

const unnamed = 'Disable that for this file first; if no program writes it, remove or reword this comment'

/**
 * Who writes this file, by its comments: known marks anywhere in them, and in its head whatever says in other words that
 * a program writes it. Null where a person keeps the file, whatever notes that person left in it.
 */
export function generatorOf(bytes: Uint8Array): Generator | null {
  const comments = commentsOf(bytes)
  for (const { lines, text } of comments) {
    for (const { name, marks, advice } of knownGenerators) {
      const line = lines.find((each) => !over.test(each.text) && marks.some((mark) => mark.test(each.text)))
      const words = line?.raw ?? (marks.some((mark) => mark.test(text)) ? lines[0]?.raw : undefined)
      if (words !== undefined) return { name, words, advice }
    }
  }
  for (const comment of comments.filter(({ head }) => head)) {
    const claim = claimOf(comment)
    if (claim === null) continue
    const first = claim.sentence.slice(0, 12)
    const words = comment.lines.find(({ text }) => text.includes(first))?.raw ?? claim.sentence
    return { name: claim.by, words, advice: unnamed }
  }
  return null
}
