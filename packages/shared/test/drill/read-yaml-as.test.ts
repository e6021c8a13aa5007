import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { formatMistake, readYamlAs } from '../../src/index.ts'

const Shape = z
  .strictObject({ names: z.array(z.string().regex(/^[a-z]+$/, 'must be lower-case')), limit: z.int().default(3) })
  .refine(({ names, limit }) => names.length <= limit, { message: 'has more names than its limit' })

function mistakesOf(text: string): string[] {
  const read = readYamlAs(Shape, text, 'x.yaml')
  return read.ok ? [] : read.mistakes.map(formatMistake)
}

describe('a YAML file read against a schema', () => {
  it('gives its value, defaults filled in, and where each part stands', () => {
    const read = readYamlAs(Shape, 'names:\n  - a\n  - b\n', 'x.yaml')
    expect(read).toMatchObject({ ok: true, value: { names: ['a', 'b'], limit: 3 } })
    expect(read.ok && read.positions.get('names[1]')).toEqual({ line: 3, column: 5 })
  })

  it('gives every mistake with its place, in the order of the file', () => {
    const found = mistakesOf('nams: [a]\nlimit: much\nother: 1\n')
    expect(found).toHaveLength(3)
    expect(found[0]).toMatch(/^x\.yaml:1:1: unknown key `nams`.*did you mean `names`/)
    expect(found[1]).toMatch(/^x\.yaml:2:8: /)
    expect(found[2]).toMatch(/^x\.yaml:3:1: unknown key `other`/)
  })

  it('does not let anything pass that only the schema as a whole refuses', () => {
    expect(mistakesOf('names: [a, b]\nlimit: 1\n')).toEqual([expect.stringContaining('has more names than its limit')])
  })

  it('refuses what is no YAML, no text, or too large', () => {
    expect(mistakesOf('{{{')).not.toEqual([])
    expect(readYamlAs(Shape, new Uint8Array([0xff, 0xfe, 0xff]), 'x').ok).toBe(false)
    expect(mistakesOf(`names: []\n${'#'.repeat(300_000)}`)[0]).toContain('too big')
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.uint8Array()), (source) => void readYamlAs(Shape, source, 'x')))
  })
})
