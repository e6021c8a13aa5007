import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sentenceOf } from '../src/errors.ts'
import { issuesText } from '../src/issue-text.ts'
import { Labels } from '../src/labels.ts'
import { Name } from '../src/primitives.ts'

/** What only somebody who writes programs would say. */
const RAW = /\b(?:expected|received|invalid|unrecognized|too (?:small|big))\b|>=|<=|pattern|regex/i

const cases: readonly (readonly [words: string, schema: z.ZodType, value: unknown])[] = [
  ['the value must be text', z.string(), 7],
  ['the value is missing', z.string(), undefined],
  ['the value must have at least 12 characters', z.string().min(12), 'short'],
  ['the value must have at most 2 entries', z.array(z.int()).max(2), [1, 2, 3]],
  ['the value must be at least 1', z.int().min(1), 0],
  ['the value must be more than 0', z.number().positive(), 0],
  ['the value must be a whole number', z.int(), 1.5],
  ['the value must be a multiple of 5', z.int().multipleOf(5), 7],
  ['the value must be one of a, b', z.enum(['a', 'b']), 'c'],
  ['the value must be x', z.literal('x'), 'c'],
  ['the value must be an address such as https://chaos.example.test', z.url(), 'nowhere'],
  ['the value must have another form', z.string().regex(/^x$/), 'y'],
  ['the value must have another form', z.string().refine(() => false), 'y'],
  ['the value must begin with a letter; letters, digits, - and _ only; at most 63', Name, '7'],
  [
    'a[1].port must be a number',
    z.object({ a: z.array(z.object({ port: z.int() })) }),
    { a: [{ port: 1 }, { port: 'x' }] },
  ],
  ['the value has fields that are not known here: y, z', z.strictObject({}), { y: 1, z: 1 }],
  ['a must be text; b is missing', z.object({ a: z.string(), b: z.string() }), { a: 1 }],
  ['the value must be text or a list', z.union([z.string(), z.array(z.string())]), 7],
  ['the value[1] must be text', z.union([z.string(), z.array(z.string())]), ['a', 7]],
  ['port must be at least 1', z.object({ port: z.union([z.int().min(1), z.string()]) }), { port: 0 }],
  ['kind must have another form', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]), { kind: 'b' }],
  [
    'Role is not a name that is allowed here: it must begin with a lower-case letter; lower-case letters, digits, . _ and - only; at most 63',
    Labels,
    { Role: 'x' },
  ],
]

describe('what a schema finds, in words', () => {
  it.each(cases)('%s', (words, schema, value) => {
    const { error } = schema.safeParse(value)
    const text = error && issuesText(error)
    expect(text).toBe(words.replace('the value[1]', '[1]'))
    expect(text).not.toMatch(RAW)
  })

  it('repeats nothing endless, and nothing that moves the cursor of a terminal', () => {
    const keys = Object.fromEntries(
      Array.from({ length: 99 }, (_, index) => [`\u001b[2J${index}${'k'.repeat(999)}`, 1]),
    )
    const { error } = z.strictObject({}).safeParse(keys)
    const text = error ? issuesText(error) : ''
    expect(text).not.toMatch(/\p{C}/u)
    expect(text.length).toBeLessThan(500)
  })

  it('is also what an error says that a schema threw', () => {
    const thrown = (() => {
      try {
        return Name.parse(7)
      } catch (error) {
        return error
      }
    })()
    expect(sentenceOf(thrown)).toBe('It does not have the expected form: the value must be text')
  })
})
