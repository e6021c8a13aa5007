import type { Placed } from './located.ts'

/**
 * More than any file for people has. The YAML reader recurses into brackets and keeps books on every anchor and tag: what
 * is far beyond is refused before it reads, by counting characters. Text that only looks like it counts as well.
 */
const MOST = { open: 100, stray: 200, nested: 50, anchors: 500, aliases: 500, tags: 500 }

type What = keyof typeof MOST

const WORDS: Readonly<Record<What, string>> = {
  open: 'brackets open inside each other',
  stray: 'closing brackets that nothing opened',
  nested: 'lists begin on one line',
  anchors: 'anchors (`&name`)',
  aliases: 'aliases (`*name`)',
  tags: 'tags (`!name`)',
}

/** What is too much in a text for the YAML reader, found in one pass; null: nothing is. */
export function excessOf(text: string): Placed | null {
  const counts: Record<What, number> = { open: 0, stray: 0, nested: 0, anchors: 0, aliases: 0, tags: 0 }
  let [line, lineStart, indicators] = [1, 0, true]
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at)
    if (char === '\n') {
      line += 1
      lineStart = at + 1
      counts.nested = 0
      indicators = true
      continue
    }
    const what = count(counts, text, at, char, indicators)
    if (what !== null && counts[what] > MOST[what]) return tooMuch(what, line, at - lineStart + 1)
    if (indicators && char !== ' ' && char !== '-' && char !== '?' && char !== ':') indicators = false
  }
  return null
}

/** Counts one character; says what was counted up. */
function count(counts: Record<What, number>, text: string, at: number, char: string, indicators: boolean): What | null {
  switch (char) {
    case '[':
    case '{':
      return up(counts, 'open')
    case ']':
    case '}':
      if (counts.open === 0) return up(counts, 'stray')
      counts.open -= 1
      return null
    case '-':
    case '?':
    case ':':
      return indicators && isBlank(text.charAt(at + 1)) ? up(counts, 'nested') : null
    case '&':
      return begins(text, at) ? up(counts, 'anchors') : null
    case '*':
      return begins(text, at) ? up(counts, 'aliases') : null
    case '!':
      return begins(text, at) ? up(counts, 'tags') : null
    default:
      return null
  }
}

function up(counts: Record<What, number>, what: What): What {
  counts[what] += 1
  return what
}

/** Does a word begin here, as an anchor, an alias or a tag does? */
function begins(text: string, at: number): boolean {
  const before = text.charAt(at - 1)
  return (isBlank(before) || '[{,:'.includes(before)) && text.charAt(at + 1).trim() !== ''
}

function isBlank(char: string): boolean {
  return char.trim() === ''
}

function tooMuch(what: What, line: number, column: number): Placed {
  const message = `the file has more than ${MOST[what]} ${WORDS[what]}`
  return { line, column, path: '', message, expected: 'a file that a person can read', nearest: null }
}
