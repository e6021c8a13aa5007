import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinHours } from '../../src/policy/hours.ts'
import type { Window } from '../../src/policy/schema.ts'
import { action, policyOf, probe, WEDNESDAY_NOON } from './support.ts'

const at = (text: string) => Date.parse(text)
const office: Window = { zone: 'Europe/Berlin', days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '17:00' }
const night: Window = { zone: 'Europe/Berlin', days: ['fri'], from: '22:00', to: '04:00' }

describe('hours', () => {
  it.each([
    ['in the middle', office, '2026-04-15T10:00:00Z', true],
    ['at the very beginning, summer time', office, '2026-04-15T06:00:00Z', true],
    ['a minute before', office, '2026-04-15T05:59:00Z', false],
    ['at the very beginning, winter time', office, '2026-01-14T07:00:00Z', true],
    ['at the end', office, '2026-04-15T15:00:00Z', false],
    ['on a Saturday', office, '2026-04-18T10:00:00Z', false],
    ['on Friday night', night, '2026-04-17T21:00:00Z', true],
    ['after midnight, still the window of Friday', night, '2026-04-18T01:00:00Z', true],
    ['after its end', night, '2026-04-18T02:00:00Z', false],
    ['the night before', night, '2026-04-17T01:00:00Z', false],
  ] as const)('%s', (_note, window, when, open) => {
    expect(isWithinHours([window], at(when), at(when))).toBe(open)
  })

  it('must hold from the beginning of a failure to its end', () => {
    const begin = at('2026-04-15T14:30:00Z')
    expect(isWithinHours([office], begin, begin + 29 * 60_000)).toBe(true)
    expect(isWithinHours([office], begin, begin + 31 * 60_000)).toBe(false)
  })

  it('are not bridged: two days of one window are not one stretch', () => {
    expect(isWithinHours([office], at('2026-04-15T10:00:00Z'), at('2026-04-16T10:00:00Z'))).toBe(false)
    expect(isWithinHours([office], at('2026-04-15T10:00:00Z'), at('2026-04-22T10:00:00Z'))).toBe(false)
  })

  it('keep to the clock on the wall where the hour is missing or comes twice', () => {
    const early: Window = { zone: 'Europe/Berlin', from: '01:00', to: '04:00' }
    expect(isWithinHours([early], at('2026-03-29T00:30:00Z'), at('2026-03-29T01:30:00Z'))).toBe(true)
    expect(isWithinHours([early], at('2026-10-25T00:30:00Z'), at('2026-10-25T02:30:00Z'))).toBe(true)
    expect(isWithinHours([early], at('2026-10-25T03:00:00Z'), at('2026-10-25T03:00:00Z'))).toBe(false)
  })

  it('may cover a whole day', () => {
    const always: Window = { zone: 'UTC', from: '00:00', to: '24:00' }
    expect(isWithinHours([always], at('2026-04-15T00:00:00Z'), at('2026-04-15T23:59:59Z'))).toBe(true)
  })

  it('never throw for any instant', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.nat(100_000_000), (from, length) => {
        expect(typeof isWithinHours([office, night], from, from + length)).toBe('boolean')
      }),
    )
  })
})

describe('a policy with hours', () => {
  const text =
    'policy: 1\nactions: [a.b]\nexercises: [backup.restore]\nhours: [{ zone: UTC, days: [wed], from: "08:00", to: "13:00" }]\n'

  it('allows within them and refuses outside, with the hours in the words', async () => {
    const policy = await policyOf(text)
    expect(policy.allows(action('a.b')).allowed).toBe(true)
    const late = policy.allows(action('a.b', [], { wallMs: WEDNESDAY_NOON + 2 * 3_600_000 }))
    expect(late).toMatchObject({ allowed: false, rule: 'hours: wed 08:00-13:00 UTC', lines: [] })
  })

  it('counts the time that a failure stays', async () => {
    const policy = await policyOf(text)
    expect(policy.allows(action('a.b', [], { holdMs: 3_500_000 })).allowed).toBe(true)
    expect(policy.allows(action('a.b', [], { holdMs: 3_600_000 })).allowed).toBe(false)
  })

  it('lets probes look at any time', async () => {
    const policy = await policyOf(text)
    expect(policy.allows({ ...probe('service', [], true), wallMs: 0 }).allowed).toBe(true)
    expect(policy.allows({ ...action('backup.restore', [], { wallMs: 0 }), kind: 'exercise' }).allowed).toBe(false)
  })
})
