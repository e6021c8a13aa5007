import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Entry, linesNaming, withOverride, withoutOverride } from '../../../src/actions/hosts/block.ts'
import { lookupInHosts } from '../../../src/host/simulated/resolver.ts'

const id = '01ARZ3NDEKTSV4RRFFQ69G5FAV'
const other = '01ARZ3NDEKTSV4RRFFQ69G5FAW'
const entries: readonly Entry[] = [{ name: 'erp.example.test', address: '192.0.2.9' }]

/** Bytes that look like a hosts file often enough: names, comments, every kind of line end, BOMs, rubbish. */
const piece = fc.oneof(
  fc.constantFrom(
    '127.0.0.1 localhost',
    '192.0.2.1\terp.example.test erp',
    '192.0.2.1 ERP.example.test',
    '::1 erp.example.test',
  ),
  fc.constantFrom(
    '# erp.example.test',
    '',
    ' ',
    '\t10.0.0.1   printer\t# x',
    '\xEF\xBB\xBF',
    '\xFF\xFE\x00',
    '\r',
    '\0',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => Buffer.from(text).toString('latin1')),
)
const hostsBytes = fc
  .record({
    bom: fc.boolean(),
    rows: fc.array(fc.tuple(piece, fc.constantFrom('\n', '\r\n', '\n\n')), { maxLength: 20 }),
    last: fc.oneof(fc.constant(''), piece),
  })
  .map(({ bom, rows, last }) => Buffer.from((bom ? '\xEF\xBB\xBF' : '') + rows.flat().join('') + last, 'latin1'))

describe('the marked block', () => {
  it('comes out again and leaves the very same bytes, whatever they were', () => {
    fc.assert(
      fc.property(fc.oneof(hostsBytes, fc.uint8Array({ maxLength: 400 })), (bytes) => {
        const changed = withOverride(bytes, id, entries)
        expect(withoutOverride(changed, id)?.equals(Buffer.from(bytes))).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  it('makes the new address the only one, whatever the file said before', () => {
    fc.assert(
      fc.property(hostsBytes, (bytes) => {
        const changed = withOverride(bytes, id, entries)
          .toString('latin1')
          .replace(/^\xEF\xBB\xBF/, '')
        expect(lookupInHosts(changed, 'erp.example.test')).toEqual(['192.0.2.9'])
      }),
      { numRuns: 1000 },
    )
  })

  it('leaves lines that somebody else adds meanwhile, wherever they add them', () => {
    const foreign = fc.array(
      fc.tuple(fc.nat(), fc.constantFrom('10.9.9.9 theirs', '# theirs', '10.9.9.8 more # end')),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    fc.assert(
      fc.property(hostsBytes, foreign, (bytes, additions) => {
        const lines = withOverride(bytes, id, entries).toString('latin1').split('\n')
        // The mark stays at the very beginning of the file, whatever line is the first.
        const bare = (text: string) => text.replace(/^\xEF\xBB\xBF/, '').split('\n')
        const plain = bare(Buffer.from(bytes).toString('latin1'))
        for (const [place, text] of additions) lines.splice(1 + (place % lines.length), 0, text)
        const out = withoutOverride(Buffer.from(lines.join('\n'), 'latin1'), id)
        const left = bare(out?.toString('latin1') ?? '')
        const theirs = left.filter((line) => additions.some(([, text]) => text === line))
        expect(theirs.length).toBeGreaterThanOrEqual(additions.length)
        const rest = left.filter((line) => !additions.some(([, text]) => text === line))
        expect(rest).toEqual(plain.filter((line) => !additions.some(([, text]) => text === line)))
      }),
      { numRuns: 1000 },
    )
  })

  const habits: Readonly<Record<string, (line: string, index: number) => string>> = {
    'spaces at line ends': (line) => `${line}  `,
    indentation: (line) => `\t${line}`,
    'a comment behind each line': (line) => (line === '' ? line : `${line} # checked by anna`),
    'line ends of Windows': (line) => `${line}\r`,
    'one more comment sign': (line) => (line.startsWith('#') ? `# ${line}` : line),
    'other addresses in our lines': (line) => line.replace('192.0.2.9', '192.0.2.99'),
    'another name in our lines': (line) => line.replace('erp.example.test #', 'erp.example.test intranet #'),
    'a line of their own before each': (line, index) => `10.0.0.${index} theirs-${index}\n${line}`,
  }

  it.each(Object.entries(habits))('leaves nothing of ours after %s, and shows every hidden line', (_, habit) => {
    const original = '127.0.0.1 localhost\n192.0.2.1 erp.example.test erp\n# end\n'
    const lines = withOverride(Buffer.from(original), id, entries).toString().split('\n')
    const left = withoutOverride(Buffer.from(lines.map(habit).join('\n')), id)?.toString() ?? ''
    expect(left).not.toContain(id)
    expect(lookupInHosts(left, 'erp.example.test')).toEqual(['192.0.2.1'])
    expect(lookupInHosts(left, 'localhost')).toEqual(['127.0.0.1'])
    if (habit('', 0).includes('theirs')) expect(left.match(/theirs-/g)?.length).toBe(lines.length)
  })

  it('loses nothing where a hidden line was joined to another one', () => {
    const changed = withOverride(Buffer.from('192.0.2.1 erp.example.test\n'), id, entries).toString()
    const joined = changed.replace(`# chaos-lite ${id} hides: `, `10.0.0.1 theirs # chaos-lite ${id} hides: `)
    expect(withoutOverride(Buffer.from(joined), id)?.toString()).toBe('10.0.0.1 theirs \n192.0.2.1 erp.example.test\n')
  })

  it('finds nothing of ours a second time', () => {
    fc.assert(
      fc.property(hostsBytes, (bytes) => {
        const out = withoutOverride(withOverride(bytes, id, entries), id)
        expect(out && withoutOverride(out, id)).toBeNull()
      }),
    )
  })

  it('never touches lines that only look like ours', () => {
    const text = `# BEGIN chaos-lite ${other}\n192.0.2.7\tcrm.example.test # chaos-lite ${other}\n# BEGIN chaos-lite\n`
    const changed = withOverride(Buffer.from(text), id, entries)
    expect(withoutOverride(changed, id)?.toString()).toBe(text)
    expect(withoutOverride(Buffer.from(text), id)).toBeNull()
  })

  it('undoes two overrides in any order', () => {
    const before = Buffer.from('192.0.2.1 erp.example.test crm.example.test\n')
    const first = withOverride(before, id, entries)
    const both = withOverride(first, other, [{ name: 'crm.example.test', address: '192.0.2.8' }])
    const newestFirst = withoutOverride(withoutOverride(both, other) ?? both, id)
    expect(newestFirst?.toString()).toBe(before.toString())
  })

  it('keeps the other names of a line that it hides', () => {
    const changed = withOverride(Buffer.from('192.0.2.1 erp.example.test erp intranet\n'), id, entries).toString()
    expect(lookupInHosts(changed, 'intranet')).toEqual(['192.0.2.1'])
    expect(lookupInHosts(changed, 'erp')).toEqual(['192.0.2.1'])
  })

  it('speaks the line ends of the file', () => {
    const changed = withOverride(Buffer.from('127.0.0.1 localhost\r\n'), id, entries).toString()
    expect(
      changed
        .split('\n')
        .filter((line) => line !== '')
        .every((line) => line.endsWith('\r')),
    ).toBe(true)
  })

  it('goes after a byte order mark', () => {
    const changed = withOverride(Buffer.from('\xEF\xBB\xBF127.0.0.1 localhost\n', 'latin1'), id, entries)
    expect([...changed.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, '#'.charCodeAt(0)])
  })

  it('counts the lines that carry a name, not those that only comment on it', () => {
    const text = '1.1.1.1 erp.example.test\n# erp.example.test\n1.1.1.1 x # erp.example.test\n::1 Erp.Example.Test\n'
    expect(linesNaming(Buffer.from(text), entries)).toBe(2)
  })
})
