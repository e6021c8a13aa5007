import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { ChaosError } from '../../src/index.ts'
import {
  codeText,
  inEnglish,
  MessageSchema,
  type Parameters,
  Said,
  saidBy,
  saidError,
  saying,
  textOf,
  texts,
  underCodes,
} from '../../src/words/index.ts'

const words = {
  plain: "The host's file is replaced.",
  named: '{name} leads to {address}; {names} too.',
  counted: '{count, plural, one {# line} other {# lines}} of {path}',
  chosen: '{kind, select, tcp {TCP port} other {any port}} {ports}',
  measured: 'Until {leaveMiB, number, ::group-off} MiB are free, of {totalMiB} MiB now.',
} as const
const say = saying('action.toy', words)
const all = underCodes('action.toy', words)

describe('a message', () => {
  test('carries its code and its values, and is read by the words of its place', () => {
    const message = say('named', { name: 'erp', address: '192.0.2.7', names: ['a', 'b'] })
    expect(message).toEqual({
      code: 'action.toy.named',
      values: { name: 'erp', address: '192.0.2.7', names: ['a', 'b'] },
      estimates: {},
    })
    expect(textOf(all, message)).toBe('erp leads to 192.0.2.7; a, b too.')
    expect(textOf(all, say('plain'))).toBe("The host's file is replaced.")
  })

  test('keeps what was measured apart, and says it all the same', () => {
    const message = say.about('measured', { leaveMiB: 2048 }, { totalMiB: 10_240 })
    expect(message.values).toEqual({ leaveMiB: 2048 })
    expect(message.estimates).toEqual({ totalMiB: 10_240 })
    expect(textOf(all, message)).toBe('Until 2048 MiB are free, of 10240 MiB now.')
  })

  test('counts and chooses as its language does', () => {
    expect(textOf(all, say('counted', { count: 1, path: '/etc/hosts' }))).toBe('1 line of /etc/hosts')
    expect(textOf(all, say('counted', { count: 2, path: '/etc/hosts' }))).toBe('2 lines of /etc/hosts')
    expect(textOf(all, say('chosen', { kind: 'tcp', ports: ['80', '443'] }))).toBe('TCP port 80, 443')
    expect(textOf(all, say('chosen', { kind: 'other', ports: '80' }))).toBe('any port 80')
  })

  test('shows values as they are: no markup and no message in a value', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const text = textOf(all, say('named', { name, address: '<b>{x}</b>', names: [] }))
        expect(text).toBe(`${name} leads to <b>{x}</b>;  too.`)
      }),
    )
  })

  test('without words is shown as its code and what it is about', () => {
    const message = { code: 'action.new.does', values: { path: '/srv', names: ['a', 'b'] }, estimates: { sizeMiB: 3 } }
    expect(textOf(all, message)).toBeNull()
    expect(textOf(all, { ...message, code: 'constructor' })).toBeNull()
    expect(codeText(message)).toBe('action.new.does (path=/srv, names=a,b, sizeMiB=3)')
    expect(codeText(say('plain'))).toBe('action.toy.plain')
  })

  test('with words that cannot be read, or a value that is missing, is not shown half', () => {
    expect(textOf({ 'a.b': 'left {open' }, { code: 'a.b', values: {}, estimates: {} })).toBeNull()
    expect(textOf(all, { code: 'action.toy.named', values: { name: 'x' }, estimates: {} })).toBeNull()
  })
})

describe('the words that this program knows', () => {
  const outer = saying('toy.outer', { failed: '{what} failed: {why}', both: 'Both: {reasons}.' })
  const inner = saying('toy.inner', { full: '{count, plural, one {# disk is} other {# disks are}} full' })

  test('make a sentence of a message, and of messages inside it', () => {
    const why = inner('full', { count: 2 })
    expect(inEnglish(outer('failed', { what: 'restic', why }))).toBe('restic failed: 2 disks are full')
    expect(inEnglish(outer('both', { reasons: [why, 'no link'] }))).toBe('Both: 2 disks are full, no link.')
    const unknown = { code: 'toy.newer.thing', values: { size: 3 }, estimates: {} }
    expect(inEnglish(outer('failed', { what: 'restic', why: unknown }))).toBe('restic failed: toy.newer.thing (size=3)')
    expect(inEnglish({ ...unknown, values: { why } })).toBe('toy.newer.thing (why=toy.inner.full (count=2))')
  })

  test('are one text for each code: another one is a mistake', () => {
    expect(() => saying('toy.inner', { full: 'Full.' })).toThrow('Two texts have the code toy.inner.full.')
    const more = saying('toy.inner', { empty: 'empty' })
    expect(inEnglish(more('empty'))).toBe('empty')
    expect(inEnglish(inner('full', { count: 1 }))).toBe('1 disk is full')
  })

  test('make an error that carries what it says, also as a part of another one', () => {
    const error = saidError('tool-failed', outer('failed', { what: 'restic', why: inner('full', { count: 1 }) }))
    expect(error).toMatchObject({ code: 'tool-failed', message: 'restic failed: 1 disk is full' })
    expect(saidBy(error)).toEqual(error.said)
    expect(saidBy(new ChaosError('internal', 'as text'))).toBe('as text')
    expect(saidBy(new TypeError('of Node.js'))).toBe('of Node.js')
  })

  test('make texts at once for a screen', () => {
    const text = texts('toy.screen', { hosts: '{count, plural, one {# host} other {# hosts}}', none: 'No host' })
    expect([text('hosts', { count: 2 }), text('none')]).toEqual(['2 hosts', 'No host'])
  })

  test('are carried in messages of four levels at most, and deeper ones do no harm', () => {
    const nested = (levels: number): object => ({
      code: 'toy.level',
      values: levels === 0 ? {} : { inside: nested(levels - 1), list: ['a', nested(levels - 1)] },
      estimates: {},
    })
    expect([3, 4].map((levels) => Said.safeParse(nested(levels)).success)).toEqual([true, false])
    expect([3, 4].map((levels) => MessageSchema.safeParse(nested(levels)).success)).toEqual([true, false])
    let deep: object = nested(0)
    for (let level = 0; level < 20_000; level++) deep = { code: 'toy.level', values: { deep }, estimates: {} }
    expect(Said.safeParse(deep).success).toBe(false)
  })
})

test('the compiler reads the parameters of a message from its text', () => {
  expectTypeOf<keyof Parameters<(typeof words)['plain']>>().toEqualTypeOf<never>()
  expectTypeOf<keyof Parameters<(typeof words)['named']>>().toEqualTypeOf<'name' | 'address' | 'names'>()
  expectTypeOf<keyof Parameters<(typeof words)['counted']>>().toEqualTypeOf<'count' | 'path'>()
  expectTypeOf<Parameters<(typeof words)['counted']>['count']>().toEqualTypeOf<number>()
  expectTypeOf<keyof Parameters<(typeof words)['chosen']>>().toEqualTypeOf<'kind' | 'ports'>()
  // @ts-expect-error a parameter is missing
  say('named', { name: 'x', address: 'y' })
  // @ts-expect-error no such message
  say('unknown')
})
