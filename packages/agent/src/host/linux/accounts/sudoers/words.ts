/** One logical line of a sudoers file: continued lines are joined, comments are gone. */
export interface SudoersLine {
  /** Of the first of the lines that were joined, counted from 1. */
  readonly number: number
  readonly text: string
}

/** `man 5 sudoers`, "Other special characters and reserved words". A `#` before digits is a user id, not a comment. */
export function sudoersLines(file: string): readonly SudoersLine[] {
  const lines: SudoersLine[] = []
  let number = 0
  let joined = ''
  let first = 1
  for (const row of file.split('\n')) {
    number += 1
    if (joined === '') first = number
    if (row.endsWith('\\') && !/^\s*#(?!\d|include)/.test(joined + row)) {
      joined += `${row.slice(0, -1)} `
      continue
    }
    const text = withoutComment(joined + row).trim()
    if (text !== '') lines.push({ number: first, text })
    joined = ''
  }
  const rest = withoutComment(joined).trim()
  if (rest !== '') lines.push({ number: first, text: rest })
  return lines
}

/** Splits at a character that is neither quoted nor escaped, nor inside parentheses. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = []
  let part = ''
  for (const { char, plain } of marked(text)) {
    if (plain && char === separator) {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part].map((each) => each.trim())
}

/** The place of the first such character that is neither quoted nor escaped, nor inside parentheses; -1 for none. */
export function indexOutside(text: string, wanted: string): number {
  let at = 0
  for (const { char, plain } of marked(text)) {
    if (plain && char === wanted) return at
    at += char.length
  }
  return -1
}

/** Without the quotes and backslashes of its writing. */
export function unquoted(word: string): string {
  return word.replaceAll(/"([^"]*)"/g, '$1').replaceAll(/\\(.)/g, '$1')
}

function withoutComment(text: string): string {
  if (/^\s*#include(?:dir)?\s/.test(text)) return text
  let at = 0
  let before = ' '
  for (const { char, plain } of marked(text)) {
    const rest = text.slice(at + 1)
    const isId = /[\s,!(%:]/.test(before) && /^\d/.test(rest)
    if (plain && char === '#' && !isId) return text.slice(0, at)
    before = char.at(-1) ?? ' '
    at += char.length
  }
  return text
}

function* marked(text: string): Generator<{ char: string; plain: boolean }> {
  let quoted = false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] ?? ''
    if (char === '\\' && at + 1 < text.length) {
      yield { char: text.slice(at, at + 2), plain: false }
      at += 1
      continue
    }
    if (char === '"') quoted = !quoted
    if (!quoted && char === ')') depth = Math.max(0, depth - 1)
    yield { char, plain: !quoted && depth === 0 && char !== '"' }
    if (!quoted && char === '(') depth += 1
  }
}
