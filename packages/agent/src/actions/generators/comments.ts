/** Comments of a file that stand together, without the signs around them. */
export interface Comment {
  /** Each line by itself, as it stands in the file and without its signs. */
  readonly lines: readonly { readonly raw: string; readonly text: string }[]
  /** All of it in one line. */
  readonly text: string
  /** Does it stand before what the file is for? */
  readonly head: boolean
}

const MOST_BYTES = 64 * 1024
const HEAD_LINES = 60
/** Lines that generators and people write before all others. */
const preamble = /^\s*(?:127\.|::1\s|f[ef]0|search\s|domain\s|options\s|$)/

/** All comments at the beginning of the file, in their order. A comment behind an entry stands by itself. */
export function commentsOf(bytes: Uint8Array): readonly Comment[] {
  const rows = Buffer.from(bytes.subarray(0, MOST_BYTES)).toString('utf8').split(/\r?\n/)
  const found: Comment[] = []
  let lines: { raw: string; text: string }[] = []
  let head = true
  const end = () => {
    if (lines.length > 0) found.push({ lines, text: joined(lines), head })
    lines = []
  }
  for (const [index, row] of rows.entries()) {
    if (/^\s*[#;]/.test(row)) {
      const text = bare(row)
      lines.push({ raw: row.trim(), text })
      continue
    }
    end()
    if (index >= HEAD_LINES || !preamble.test(row)) head = false
    const behind = /\s#(.+)$/.exec(row)?.[1]
    if (behind !== undefined) {
      const one = [{ raw: row.trim(), text: bare(behind) }]
      found.push({ lines: one, text: joined(one), head: false })
    }
  }
  end()
  return found
}

/** Signs around a comment, and the word that Puppet puts before each of its lines. */
function bare(row: string): string {
  return row
    .replace(/^[\s#;*=~|<>![\]-]+/, '')
    .replace(/^HEADER:\s*/, '')
    .replace(/[\s#*=~|<>[\]-]+$/, '')
}

function joined(lines: readonly { readonly text: string }[]): string {
  return lines
    .map(({ text }) => text)
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Where a line ends with one of these, the sentence goes on in the next one, however that begins. */
const goesOn = /(?:,|:|\b(?:by|with|via|using|from|the|a|an|and|or|of|to|in|at|is|be|was|not|no|longer|never))$/i

/** Its sentences. A line of its own that begins like one is one, also without a full stop before it. */
export function sentencesOf({ lines }: Comment): readonly string[] {
  const parts: string[] = []
  let before = ''
  for (const { text } of lines) {
    const last = parts.length - 1
    const isNew = last < 0 || before === '' || (/^[^a-z(]/.test(text) && !goesOn.test(before))
    if (isNew) parts.push(text)
    else parts[last] += ` ${text}`
    before = text
  }
  return parts
    .flatMap((part) =>
      part
        .replaceAll(/\s+/g, ' ')
        .split(/(?<=[.!?;])\s+|\s+(?:-{1,3}|\u2013|\u2014|\|)\s+|,\s+(?=(?:please\s+)?do(?:n't| not)\b)/iu),
    )
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
}
