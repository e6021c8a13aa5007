/** Names longer than this are not compared: nobody mistypes them, and the work stays bounded. */
const LONGEST = 64

/** What separates the parts of a name: of a unit, a path, a host, an action. */
const SEPARATOR = /[./:@_-]/

/**
 * The valid name that was probably meant, or null. Upper and lower case count as equal; up to a third of the characters,
 * and at most 3, may differ. Whole parts that both names begin or end with do not count: `.service` makes nothing near.
 */
export function nearestOf(given: string, valid: Iterable<string>): string | null {
  const wanted = given.toLowerCase()
  let best: string | null = null
  let bestDistance = mayDiffer(given.length) + 1
  for (const name of valid) {
    const [a, b] = withoutSharedParts(wanted, name.toLowerCase())
    const limit = Math.min(bestDistance, wanted === name.toLowerCase() ? 1 : mayDiffer(a.length) + 1)
    const distance = editDistance(a, b, limit)
    if (distance < limit) [best, bestDistance] = [name, distance]
  }
  return best
}

/** Both texts from the first part in which they differ to the last one. */
function withoutSharedParts(a: string, b: string): [string, string] {
  const shorter = Math.min(a.length, b.length, LONGEST)
  let start = 0
  for (let at = 0; at < shorter && a[at] === b[at]; at += 1) if (SEPARATOR.test(a[at] ?? '')) start = at + 1
  let end = 0
  for (let at = 1; at <= shorter - start && a.at(-at) === b.at(-at); at += 1)
    if (SEPARATOR.test(a.at(-at) ?? '')) end = at
  return [a.slice(start, a.length - end), b.slice(start, b.length - end)]
}

function mayDiffer(length: number): number {
  return length < 2 ? 0 : Math.min(3, Math.max(1, Math.floor(length / 3)))
}

/**
 * How many insertions, deletions, replacements and swaps of neighbours make one text the other (optimal string
 * alignment). Texts that differ by `limit` or more, or are very long, give `limit`.
 */
export function editDistance(a: string, b: string, limit = LONGEST): number {
  if (Math.abs(a.length - b.length) >= limit || a.length > LONGEST || b.length > LONGEST) return limit
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + change)
      if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      }
      current.push(cost)
    }
    ;[beforeLast, last] = [last, current]
  }
  return Math.min(limit, at(last, b.length))
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}
