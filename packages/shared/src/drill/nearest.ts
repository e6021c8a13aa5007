/** Names longer than this are not compared: nobody mistypes them, and the work stays bounded. */
const LONGEST = 64

/**
 * The valid name that was probably meant, or null. Upper and lower case count as equal; up to a third of the
 * characters, and at most 3, may differ.
 */
export function nearestOf(given: string, valid: Iterable<string>): string | null {
  const wanted = given.toLowerCase()
  let best: string | null = null
  let bestDistance = mayDiffer(given.length) + 1
  for (const name of valid) {
    const distance = editDistance(wanted, name.toLowerCase(), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best
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
