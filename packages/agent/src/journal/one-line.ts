/** Any text as one line of at most `maxChars` printable characters: what the contracts call a `line`. */
export function oneLine(text: string, maxChars: number): string {
  const printable = text
    .toWellFormed()
    .replace(/\s*[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\s*/gu, ' ')
    .trim()
  return printable.length > maxChars ? `${printable.slice(0, maxChars - 2).toWellFormed()}…` : printable
}
