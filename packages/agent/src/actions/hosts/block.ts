/** One name that is to lead elsewhere. */
export interface Entry {
  readonly name: string
  readonly address: string
}

const bom = '\xEF\xBB\xBF'

/** All that we write carries the record's id, which nobody could have written before: never is a line matched by less. */
function marks(recordId: string) {
  return {
    begin: `# BEGIN chaos-lite ${recordId}`,
    end: `# END chaos-lite ${recordId}`,
    own: ` # chaos-lite ${recordId}`,
    hides: `# chaos-lite ${recordId} hides: `,
  }
}

/**
 * The hosts file with these names leading elsewhere. The block comes first, and lines that carry one of the names are
 * hidden behind a marked comment, because glibc gives a program the addresses of every matching line, not only of the
 * first. Other names of a hidden line move into the block. Bytes are read as latin1: what is not ours stays bit by bit.
 */
export function withOverride(before: Uint8Array, recordId: string, entries: readonly Entry[]): Buffer {
  const text = Buffer.from(before).toString('latin1')
  const start = text.startsWith(bom) ? bom : ''
  const lines = text.slice(start.length).split('\n')
  const end = lines.length > 1 && lines[0]?.endsWith('\r') ? '\r' : ''
  const { begin, end: finish, own, hides } = marks(recordId)
  const names = new Set(entries.map(({ name }) => name.toLowerCase()))
  const moved: string[] = []
  const rest = lines.map((line) => {
    const [address, ...others] = fields(line)
    if (!address || !others.some((name) => names.has(name.toLowerCase()))) return line
    const left = others.filter((name) => !names.has(name.toLowerCase()))
    if (left.length > 0) moved.push(`${address}\t${left.join(' ')}`)
    return `${hides}${line}`
  })
  const block = [...entries.map(({ name, address }) => `${address}\t${name}`), ...moved].map((line) => `${line}${own}`)
  const ours = [begin, ...block, finish].map((line) => `${line}${end}`)
  return Buffer.from(start + [...ours, ...rest].join('\n'), 'latin1')
}

/**
 * The file with only our marked lines taken out and hidden lines shown again; null where nothing of ours is in it. A
 * line that carries our mark goes, whatever an editor or a person made of the rest of it: it would lead names elsewhere
 * for ever. What they wrote in lines of their own stays, also within our block.
 */
export function withoutOverride(bytes: Uint8Array, recordId: string): Buffer | null {
  const text = Buffer.from(bytes).toString('latin1')
  const start = text.startsWith(bom) ? bom : ''
  const lines = text.slice(start.length).split('\n')
  const { begin, end, own, hides } = marks(recordId)
  const left = lines.flatMap((line) => {
    const at = line.indexOf(hides)
    if (at < 0) return [begin, end, own].some((mark) => line.includes(mark)) ? [] : [line]
    // A person may have indented a hidden line, commented it once more, or joined it to a line of their own.
    const before = line.slice(0, at)
    const original = line.slice(at + hides.length)
    return /^[\s#]*$/.test(before) ? [original] : [before, original]
  })
  const result = Buffer.from(start + left.join('\n'), 'latin1')
  return result.equals(Buffer.from(bytes)) ? null : result
}

/** How many lines of the file carry one of these names now. */
export function linesNaming(before: Uint8Array, entries: readonly Entry[]): number {
  const names = new Set(entries.map(({ name }) => name.toLowerCase()))
  const lines = Buffer.from(before).toString('latin1').split('\n')
  return lines.filter((line) =>
    fields(line)
      .slice(1)
      .some((name) => names.has(name.toLowerCase())),
  ).length
}

function fields(line: string): readonly string[] {
  const start = line.startsWith(bom) ? bom.length : 0
  return (line.slice(start).split('#')[0] ?? '').split(/[ \t\r\v\f]+/).filter((field) => field !== '')
}
