import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { codeText, type Parameters, saying, textOf, underCodes } from '../../src/words/index.ts'

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
