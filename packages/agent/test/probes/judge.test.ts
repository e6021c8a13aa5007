import type { Expectation, ProbeStatus, ProbeValue } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge, judgeHanging } from '../../src/probes/judge.ts'

type Row = [note: string, value: ProbeValue, wanted: Record<string, Expectation>, status: ProbeStatus, message?: RegExp]

const rows: Row[] = [
  ['an equal number', { status: 200 }, { status: 200 }, 'up'],
  ['another number', { status: 503 }, { status: 200 }, 'down', /status is 503, expected 200/],
  ['an equal text', { first: '192.0.2.1' }, { first: '192.0.2.1' }, 'up'],
  ['a text is never equal to a number', { status: '200' }, { status: 200 }, 'down', /status is "200", expected 200/],
  ['a boolean', { active: false }, { active: true }, 'down', /active is false, expected true/],
  ['nothing expected', { status: 500 }, {}, 'up'],
  ['at least, met exactly', { daysLeft: 14 }, { daysLeft: { atLeast: 14 } }, 'up'],
  ['at least, missed', { daysLeft: 13 }, { daysLeft: { atLeast: 14 } }, 'down', /daysLeft is 13, expected at least 14/],
  ['at most as a duration', { ageMs: 3_600_000 }, { ageMs: { atMost: '1h' } }, 'up'],
  ['at most as a duration, missed', { ageMs: 3_600_001 }, { ageMs: { atMost: '1h' } }, 'down', /expected at most 1h/],
  ['both bounds', { status: 404 }, { status: { atLeast: 200, atMost: 399 } }, 'down'],
  ['a bound on a text', { status: 'fine' }, { status: { atLeast: 1 } }, 'down'],
  ['a bound on none', { status: null }, { status: { atLeast: 200 } }, 'down', /status is none/],
  ['one of several', { status: 204 }, { status: { oneOf: [200, 204] } }, 'up'],
  ['none of several', { status: 500 }, { status: { oneOf: [200, 204] } }, 'down', /expected one of 200, 204/],
  ['anything else, met', { status: 500 }, { status: { not: 200 } }, 'up'],
  ['anything else, missed', { status: 200 }, { status: { not: 200 } }, 'down'],
  ['none is something else', { status: null }, { status: { not: 200 } }, 'up'],
  ['a field that is not answered', { status: 200 }, { speed: 1 }, 'not evaluated', /does not answer speed/],
  ['an unanswered field beside a wrong one', { status: 500 }, { status: 200, speed: 1 }, 'not evaluated'],
  ['inherited names are no fields', {}, { constructor: 'x' }, 'not evaluated'],
  [
    'a bound that is no duration',
    { ageMs: 1 },
    { ageMs: { atMost: '${params.age}' } },
    'not evaluated',
    /cannot be compared/,
  ],
]

describe('judging what was seen', () => {
  it.each(rows)('%s', (_note, value, wanted, status, message) => {
    const judged = judge({ evaluated: true, value, message: null }, wanted)
    expect(judged.status).toBe(status)
    if (message) expect(judged.message).toMatch(message)
    expect(judged.message === null).toBe(status === 'up')
  })

  it('names everything that is wrong', () => {
    const judged = judge({ evaluated: true, value: { a: 1, b: 2 }, message: null }, { a: 2, b: 3 })
    expect(judged.message).toBe('a is 1, expected 2; b is 2, expected 3')
  })

  it("prefers the probe's own words", () => {
    const judged = judge(
      { evaluated: true, value: { connected: false }, message: 'printer refused' },
      { connected: true },
    )
    expect(judged).toEqual({ status: 'down', message: 'printer refused' })
  })

  it('never lets a probe that could not run count as up or down', () => {
    expect(judge({ evaluated: false, message: 'no pamtester' }, {})).toEqual({
      status: 'not evaluated',
      message: 'no pamtester',
    })
  })

  it('takes a sample that hangs as down, unless the probe says that proves nothing', () => {
    expect(judgeHanging(undefined, 500)).toEqual({ status: 'down', message: 'No answer within 500 ms' })
    expect(judgeHanging('not evaluated', 500).status).toBe('not evaluated')
  })

  it('makes messages that fit a fact, whatever was seen', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 1000 }),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), scalar), fc.string(), (value, wanted) => {
        const expectation = Object.fromEntries(Object.keys(value).map((key) => [key, wanted]))
        const { status, message } = judge({ evaluated: true, value, message: null }, expectation)
        expect(['up', 'down', 'not evaluated']).toContain(status)
        if (message !== null) expect(message).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{0,512}$/u)
      }),
    )
  })
})
