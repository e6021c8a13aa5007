/** Colours and weights as `styleText` writes them; nothing that conceals, moves, clears or asks. */
const STYLES = new RegExp(`${String.fromCharCode(27)}\\[(?:0|1|2|22|3[1-9]|39)m`, 'g')
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu

/**
 * Text as a terminal may have it, whoever wrote parts of it: control and invisible formatting characters, which could move
 * the cursor, hide what stands there or write to the clipboard, become the replacement character. Our own styles stay.
 */
export function printable(text: string): string {
  let safe = ''
  let from = 0
  for (const { 0: style, index } of text.matchAll(STYLES)) {
    safe += text.slice(from, index).replace(UNSAFE, '\uFFFD') + style
    from = index + style.length
  }
  return safe + text.slice(from).replace(UNSAFE, '\uFFFD')
}

/** A value as JSON of one line: the same value, with unsafe characters as escapes, so that programs lose nothing. */
export function jsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
