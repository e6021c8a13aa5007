import { describe, expect, it } from 'vitest'
import { mistakeLine, warningsOf } from '../../src/pages/drill/mistake-lines.ts'

const shipped = import.meta.glob<string>('../../../../drills/failover-friday-dns.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
})

describe('a mistake of a drill file', () => {
  it('is taken apart into its place and its message', () => {
    const text = 'erp.yaml:12:5: unknown key `holdd` (expected hold; did you mean `hold`?)'
    expect(mistakeLine(text)).toEqual({
      line: 12,
      column: 5,
      message: 'unknown key `holdd` (expected hold; did you mean `hold`?)',
    })
  })

  it('without a place is shown as it stands', () => {
    expect(mistakeLine('the file is empty')).toEqual({ line: null, column: null, message: 'the file is empty' })
  })
})

describe('the warnings of a drill file', () => {
  it('are those of the command line, with line and column', () => {
    const source = shipped['../../../../drills/failover-friday-dns.yaml'] ?? ''
    const more = source.replace('targets:\n', 'targets:\n  spare: { where: { role: spare }, atMost: 1 }\n')
    expect(warningsOf({ name: 'x', source: more })).toEqual([
      expect.stringMatching(/^x\.yaml:\d+:\d+: the group `spare` is never used$/),
    ])
  })
})
