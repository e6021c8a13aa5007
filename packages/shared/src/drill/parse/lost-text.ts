import { Lexer } from 'yaml'
import type { Position } from '../mistake.ts'
import type { Placed } from './located.ts'

/** The reader's own marks; they stand for no text of the file. */
const PLAIN_TEXT_FOLLOWS = '\u001f'
const OTHER_MARKS: ReadonlySet<string> = new Set(['\u0002', '\u0018'])
const MOST = 20
const MOST_CHARS = 60

/**
 * Text that YAML takes for a comment though its author may not: `text: call #5 now` is read as `call`. A `#` with a space
 * after it is an ordinary comment, unless it stands behind a text of several words.
 */
export function lostText(text: string, at: (offset: number) => Position): Placed[] {
  const found: Placed[] = []
  let offset = 0
  let isPlainNext = false
  /** What stands before, in the same line, apart from spaces. */
  let before: { readonly text: string; readonly isPlain: boolean } | null = null
  for (const lexeme of new Lexer().lex(text)) {
    if (OTHER_MARKS.has(lexeme)) continue
    if (lexeme === PLAIN_TEXT_FOLLOWS) {
      isPlainNext = true
      continue
    }
    if (lexeme.startsWith('#') && !isPlainNext && before !== null && isDoubtful(lexeme, before)) {
      found.push(lost(lexeme, at(offset)))
      if (found.length >= MOST) break
    }
    if (lexeme.includes('\n')) before = null
    else if (lexeme.trim() !== '') before = { text: lexeme, isPlain: isPlainNext }
    isPlainNext = false
    offset += lexeme.length
  }
  return found
}

function isDoubtful(comment: string, before: { readonly text: string; readonly isPlain: boolean }): boolean {
  const isGlued = /^#[^\s#!]/.test(comment)
  if (before.isPlain) return isGlued || (/\s/.test(before.text) && /\S/.test(comment.slice(1)))
  return isGlued && (before.text === ':' || before.text === '-')
}

function lost(comment: string, position: Position): Placed {
  const cut = comment.trimEnd()
  const shown = cut.length > MOST_CHARS ? `${cut.slice(0, MOST_CHARS)}…` : cut
  return {
    ...position,
    path: '',
    message: `\`${shown}\` is a comment, not part of the value`,
    expected: 'quotes around the value if it belongs to it, or the comment on a line of its own',
    nearest: null,
  }
}
