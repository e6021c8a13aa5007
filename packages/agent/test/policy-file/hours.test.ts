import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isWithinHours } from '../../src/policy-file/hours.ts'
import type { Window } from '../../src/policy-file/schema.ts'
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

/** Minute by minute as a person would read a clock on the wall: the slow truth that the quick answer is held against. */
function wallClock(zone: string, ms: number): { day: string; time: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: zone, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' },
  })
  const parts = format.formatToParts(ms)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  return { day: part('weekday').toLowerCase(), time: `${part('hour')}:${part('minute')}` }
}

const dayBefore: Readonly<Record<string, string>> = {
  ...{ mon: 'sun', tue: 'mon', wed: 'tue', thu: 'wed', fri: 'thu', sat: 'fri', sun: 'sat' },
}

function isOpenAt({ zone, days, from, to }: Window, ms: number): boolean {
  const { day, time } = wallClock(zone, ms)
  const opens = (name: string) => days === undefined || (days as readonly string[]).includes(name)
  if (from < to) return opens(day) && time >= from && time < to
  return (opens(day) && time >= from) || (opens(dayBefore[day] ?? '') && time < to)
}

describe('hours, held against a clock on the wall', () => {
  const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC')
  const time = fc.integer({ min: 0, max: 95 }).map((quarter) => {
    const minutes = quarter * 15
    return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
  })
  const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const, { minLength: 1 })
  const window: fc.Arbitrary<Window> = fc.record({ zone, days, from: time, to: time })
  /** Hours around the changes of the clocks in 2026: Berlin, New York, Lord Howe (by half an hour). */
  const changes = [
    '2026-03-29T01:00Z',
    '2026-10-25T01:00Z',
    '2026-03-08T07:00Z',
    '2026-11-01T06:00Z',
    '2026-04-04T15:00Z',
  ]
  const instant = fc
    .tuple(fc.constantFrom(...changes, '2026-06-17T12:00Z'), fc.integer({ min: -48 * 12, max: 48 * 12 }))
    .map(([change, steps]) => Date.parse(change) + steps * 5 * 60_000)

  it('are open exactly when that clock shows a time within them', () => {
    fc.assert(
      fc.property(window, instant, (one, ms) => {
        expect(isWithinHours([one], ms, ms)).toBe(isOpenAt(one, ms))
      }),
      { numRuns: 400 },
    )
  })

  it('shut in between where the clock is rolled back over their end', () => {
    const early: Window = { zone: 'Europe/Berlin', from: '02:00', to: '02:30' }
    const first = at('2026-10-25T00:15:00Z')
    expect(isWithinHours([early], first, first + 10 * 60_000)).toBe(true)
    expect(isWithinHours([early], first + 3_600_000, first + 3_600_000 + 10 * 60_000)).toBe(true)
    expect(isWithinHours([early], first, first + 3_600_000)).toBe(false)
  })

  it('never let a failure stay while they are shut, also over midnight and the change of the clocks', () => {
    fc.assert(
      fc.property(window, instant, fc.integer({ min: 0, max: 30 * 12 }), (one, from, steps) => {
        if (!isWithinHours([one], from, from + steps * 5 * 60_000)) return
        for (let step = 0; step <= steps; step += 1) expect(isOpenAt(one, from + step * 5 * 60_000)).toBe(true)
      }),
      { numRuns: 600 },
    )
  })
})
