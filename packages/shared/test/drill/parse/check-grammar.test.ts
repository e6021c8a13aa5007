import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { checkGrammar } from '../../../src/drill/parse/check-grammar.ts'
import { expectedBy, oneOf } from '../../../src/drill/parse/expected-of.ts'
import type { Json } from '../../../src/drill/placeholder.ts'
import { Drill, Name } from '../../../src/index.ts'

const found = (schema: z.ZodType, value: Json) =>
  checkGrammar(schema, value).map(({ path, message }) => [path.join('.'), message])

describe('a value is compared part by part', () => {
  const schema = z.strictObject({
    list: z.array(z.int()).max(2).optional(),
    maybe: z.string().nullable().optional(),
    named: z.record(Name, z.boolean()).optional(),
    either: z.union([z.number(), z.strictObject({ deep: z.string() })]).optional(),
    level: z.enum(['low', 'high']).default('low'),
  })

  test.each<[string, Json, [string, string][]]>([
    ['nothing is missing that has a default', {}, []],
    ['null where it is allowed', { maybe: null }, []],
    ['null where it is not', { list: null }, [['list', '`list` is null']]],
    [
      'each wrong entry of a list',
      { list: ['a', 1.5] },
      [
        ['list.0', '`list[0]` is "a"'],
        ['list.1', '`list[1]` is 1.5'],
      ],
    ],
    ['a list that is too long', { list: [1, 2, 3] }, [['list', '`list` has 3 entries']]],
    [
      'too long and wrong inside',
      { list: [1, 2, 'c'] },
      [
        ['list', '`list` has 3 entries'],
        ['list.2', '`list[2]` is "c"'],
      ],
    ],
    [
      'a wrong name and its wrong value',
      { named: { '1a': 5 } },
      [
        ['named.1a', '`1a` is no name'],
        ['named.1a', '`named["1a"]` is 5'],
      ],
    ],
    ['an alternative that is a map', { either: { dep: 'x' } }, [['either.dep', 'unknown key `dep`']]],
    ['no alternative at all', { either: true }, [['either', '`either` is true']]],
    ['a wrong choice', { level: 'hgh' }, [['level', '`level` is "hgh"']]],
    ['a map where a list belongs', { list: { a: 1 } }, [['list', '`list` is a map of keys']]],
    ['a list where a map belongs', { named: [] }, [['named', '`named` is a list']]],
  ])('%s', (_title, value, findings) => {
    expect(found(schema, value)).toEqual(findings)
  })

  test('a misspelt key explains a missing one', () => {
    expect(found(z.strictObject({ hold: z.string() }), { hodl: 'x' })).toEqual([['hodl', 'unknown key `hodl`']])
  })

  test('an open map takes further keys', () => {
    expect(found(z.object({ a: z.string() }), { a: 'x', b: 1 })).toEqual([])
  })
})

test('it agrees with zod on what is a drill: whatever zod refuses has a finding, and the other way round', () => {
  const pieces = fc.dictionary(
    fc.constantFrom('drill', 'version', 'title', 'why', 'targets', 'method', 'abort', 'watch', 'limits', 'extra'),
    fc.jsonValue({ maxDepth: 3 }),
  )
  const base = { drill: 'x', version: 1, title: 'x', why: 'x', targets: {}, method: [] }
  fc.assert(
    fc.property(pieces, (piece) => {
      const value = { ...base, ...piece } as Json
      expect(checkGrammar(Drill, value).length === 0).toBe(Drill.safeParse(value).success)
    }),
    { numRuns: 500 },
  )
})

describe('what was expected, in words', () => {
  test.each<[string, z.ZodType]>([
    ['text', z.string()],
    ['a number', z.number().min(3)],
    ['a whole number', z.int().min(3)],
    ['true or false', z.boolean().optional()],
    ['a list', z.array(z.string())],
    ['a map of keys', z.strictObject({})],
    ['one of a or b', z.enum(['a', 'b'])],
    ['text, or a number', z.union([z.string(), z.number()])],
    ['a colour', z.string().regex(/^#/, 'must be a colour')],
  ])('%s', (words, schema) => {
    expect(expectedBy(schema)).toBe(words)
  })

  test('of names', () => {
    expect(oneOf([])).toBe('nothing')
    expect(oneOf(['a'])).toBe('a')
    expect(oneOf(['a', 'b', 'c'])).toBe('one of a, b or c')
  })
})
