/** Does a path fit a pattern of fnmatch(3) with `FNM_PATHNAME`: `*` and `?` never stand for a slash? */
export function fitsShellGlob(pattern: string, text: string): boolean {
  if (!/[*?[]/.test(pattern)) return pattern === text
  const wanted = pattern.split('/')
  const parts = text.split('/')
  return wanted.length === parts.length && wanted.every((each, at) => fitsPart(each, parts[at] ?? ''))
}

/** Linear in time but for the brackets of one place, whatever the pattern. */
function fitsPart(pattern: string, text: string): boolean {
  let at = 0
  let from = 0
  let star = -1
  let mark = 0
  while (at < text.length) {
    const one = pattern[from] === '*' ? null : oneOf(pattern, from, text[at] ?? '')
    if (one?.fits) {
      at += 1
      from += one.length
    } else if (pattern[from] === '*') {
      star = from
      mark = at
      from += 1
    } else if (star >= 0) {
      from = star + 1
      mark += 1
      at = mark
    } else return false
  }
  return /^\**$/.test(pattern.slice(from))
}

/** One character of a pattern, or one pair of brackets. */
function oneOf(pattern: string, from: number, char: string): { fits: boolean; length: number } {
  const first = pattern[from]
  if (first === undefined) return { fits: false, length: 0 }
  if (first === '?') return { fits: true, length: 1 }
  const close = first === '[' ? pattern.indexOf(']', from + 2) : -1
  if (close < 0) return { fits: first === char, length: 1 }
  const [, not, body = ''] = /^\[([!^]?)(.*)\]$/s.exec(pattern.slice(from, close + 1)) ?? []
  const ranges = body.match(/.-.|./gs) ?? []
  const inside = ranges.some((each) =>
    each.length === 3 ? each.charAt(0) <= char && char <= each.charAt(2) : each === char,
  )
  return { fits: inside !== (not !== ''), length: close + 1 - from }
}
