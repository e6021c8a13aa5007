import { Writable } from 'node:stream'
import { ChaosError } from '@chaos-lite/shared'

/** One member, as tar lists it. Names have one character for each byte: they need not be text. */
export interface TarMember {
  readonly kind: 'file' | 'folder' | 'symbolic link' | 'hard link' | 'pipe' | 'device' | 'note'
  /** As it stands in the archive. */
  readonly name: string
  readonly sizeBytes: number
  /** Where a link points; empty for the rest. */
  readonly target: string
}

/**
 * So that each member is one line whose parts cannot be mistaken, whatever bytes its name has: everything unusual, blanks
 * included, stands there behind a backslash.
 */
export const LISTING = [
  '--list',
  '--verbose',
  '--numeric-owner',
  '--utc',
  '--quoting-style=escape',
  '--quote-chars= ',
] as const

const MEMBER =
  /^(.)[^ ]{9,10} +-?\d+\/-?\d+ +(\d+)(?:,\d+)? +(?:-?\d+-\d\d-\d\d \d\d:\d\d(?::\d\d)?|-?\d+ *) ((?:\\.|[^ \\])*)(?: (.*))?$/
const MOST_LINE_BYTES = 1024 * 1024

const kinds: Readonly<Record<string, TarMember['kind']>> = {
  d: 'folder',
  l: 'symbolic link',
  h: 'hard link',
  p: 'pipe',
  c: 'device',
  b: 'device',
  // The label of a volume, and what else is no member.
  V: 'note',
  L: 'note',
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '?': '\x7f',
}

/** One line of the listing. @throws ChaosError `tool-failed` */
export function memberOf(line: string): TarMember {
  const [, letter = '', size = '', name = '', rest = ''] = MEMBER.exec(line) ?? []
  if (letter === '') throw new ChaosError('tool-failed', `tar lists in a form that this agent does not know: ${line}`)
  const kind = kinds[letter] ?? 'file'
  const hasBytes = kind === 'file'
  const target = kind === 'symbolic link' || kind === 'hard link' ? rest.replace(/^(?:->|link to) ?/, '') : ''
  return { kind, name: unescaped(name), sizeBytes: hasBytes ? Number(size) : 0, target: unescaped(target) }
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (letters[code] ?? code),
  )
}

/** Takes what tar lists, and calls `each` for every member. What `each` throws ends it. */
export function memberLines(each: (member: TarMember) => void): Writable {
  let rest = ''
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        const lines = `${rest}${chunk.toString('latin1')}`.split('\n')
        rest = lines.pop() ?? ''
        if (rest.length > MOST_LINE_BYTES) throw new ChaosError('tool-failed', 'tar lists a name without an end')
        for (const line of lines) each(memberOf(line))
        done()
      } catch (thrown) {
        done(thrown as Error)
      }
    },
  })
}
