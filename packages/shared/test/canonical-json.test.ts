import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../src/index.ts'

/** What plans were written by before a library did it: their digests must not change. */
function before(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(before).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${before(item)}`).join(',')}}`
}

describe('canonical JSON', () => {
  test('of any JSON is what it was before', () => {
    const json = fc.jsonValue({ stringUnit: 'binary', noUnicodeString: false } as never)
    fc.assert(fc.property(json, (value) => canonicalJson(value) === before(value)))
  })

  test('has its keys in code-unit order, also those that look like numbers', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }], '10': 0, '9': 0, é: null, left: undefined })).toBe(
      '{"10":0,"9":0,"a":[{"c":2,"d":1}],"b":1,"é":null}',
    )
  })

  test('takes the same object twice, which is no circle', () => {
    const one = { a: 1 }
    expect(canonicalJson({ x: one, y: [one, one] })).toBe('{"x":{"a":1},"y":[{"a":1},{"a":1}]}')
  })

  test.each([
    ['half of a surrogate pair', { text: '\ud800' }],
    ['a number that is not finite', [Number.POSITIVE_INFINITY]],
  ])('says in a sentence that %s is no JSON', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(/^A value cannot be written as JSON: /)
  })
})
