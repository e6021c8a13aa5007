/** Unchanged lines that are shown around a change. */
const AROUND = 2
/** How far ahead the continuation of the old text is looked for; a change of a policy is a few lines. */
const LOOK_AHEAD = 2_000

interface Row {
  readonly mark: ' ' | '+' | '-'
  readonly text: string
  /** In the new text, counted from 1. */
  readonly line: number
}

/** What changes from one text to the other, as `diff -u` shows it: two lines around each change, with their numbers. */
export function previewOf(before: string, after: string): string[] {
  const rows = rowsOf(linesOf(before), linesOf(after))
  const near = rows.map((_, at) =>
    rows.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ mark }) => mark !== ' '),
  )
  return rows.flatMap(({ mark, text, line }, at) => {
    if (!near[at]) return []
    const begins = at === 0 || !near[at - 1]
    return [...(begins ? [`@@ line ${line} @@`] : []), `${mark} ${text}`.trimEnd()]
  })
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

function rowsOf(before: readonly string[], after: readonly string[]): Row[] {
  const rows: Row[] = []
  let at = 0
  for (const old of before) {
    const found = after.indexOf(old, at)
    if (found === -1 || found - at > LOOK_AHEAD) {
      rows.push({ mark: '-', text: old, line: at + 1 })
      continue
    }
    for (; at < found; at += 1) rows.push({ mark: '+', text: after[at] ?? '', line: at + 1 })
    rows.push({ mark: ' ', text: old, line: at + 1 })
    at += 1
  }
  for (; at < after.length; at += 1) rows.push({ mark: '+', text: after[at] ?? '', line: at + 1 })
  return rows
}
