/** Makes text of the outside fit for a fact: one printable line, bounded. */
export function oneLine(text: string, maxChars = 300): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return clean.length > maxChars ? `${clean.slice(0, maxChars - 1)}…` : clean
}

/** The code of a system or library error (`ECONNREFUSED`), or its message. */
export function faultOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return faultOf(thrown.errors[0])
  if (thrown instanceof Error) {
    const code = (thrown as { code?: unknown }).code
    return oneLine(typeof code === 'string' ? code : thrown.message, 128)
  }
  return oneLine(String(thrown), 128)
}
