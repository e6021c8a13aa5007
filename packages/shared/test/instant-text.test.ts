import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  instantText,
  minuteOfDayText,
  namedInstantText,
  timeOfDayText,
  utcMinuteText,
  utcText,
} from '../src/instant-text.ts'

const EVENING = Date.parse('2026-07-01T22:05:09.870Z')
/** On 25 October 2026 the clocks of Berlin show 02:30 twice. */
const FIRST_FOLD = Date.parse('2026-10-25T00:30:00Z')
const SECOND_FOLD = Date.parse('2026-10-25T01:30:00Z')
const NOT_SHOWABLE = [Number.NaN, Number.POSITIVE_INFINITY, -9e15, 9e15]

afterEach(() => vi.unstubAllEnvs())

describe('an instant in a sentence of the agent or the controller', () => {
  test('is in UTC, and says so', () => {
    expect(utcText(EVENING)).toBe('2026-07-01 22:05:09 UTC')
    expect(utcMinuteText(EVENING)).toBe('22:05 UTC')
  })

  test('keeps its form far away from today', () => {
    expect(utcText(-8e15)).toBe('-251540-02-03 09:46:40 UTC')
    expect(utcText(8e15)).toBe('+255479-11-28 14:13:20 UTC')
  })
})

describe('an instant on a terminal', () => {
  test.each([
    ['UTC', '2026-07-01 22:05:09 UTC', '22:05:09 UTC', '22:05 UTC'],
    [
      'Asia/Karachi',
      '2026-07-02 03:05:09 +05:00 (2026-07-01 22:05:09 UTC)',
      '03:05:09 +05:00 (22:05:09 UTC)',
      '03:05 +05:00 (22:05 UTC)',
    ],
    [
      'America/New_York',
      '2026-07-01 18:05:09 -04:00 (22:05:09 UTC)',
      '18:05:09 -04:00 (22:05:09 UTC)',
      '18:05 -04:00 (22:05 UTC)',
    ],
  ])('on a machine in %s is in its zone with the offset, and in UTC', (zone, instant, time, minute) => {
    vi.stubEnv('TZ', zone)
    expect([instantText(EVENING), timeOfDayText(EVENING), minuteOfDayText(EVENING)]).toEqual([instant, time, minute])
  })

  test('can be in another zone, which may be named', () => {
    expect(instantText(EVENING, 'Europe/Berlin')).toBe('2026-07-02 00:05:09 +02:00 (2026-07-01 22:05:09 UTC)')
    expect(namedInstantText(EVENING - 43_200_000, 'Europe/Berlin')).toBe(
      '2026-07-01 12:05:09 +02:00 Europe/Berlin (10:05:09 UTC)',
    )
    expect(namedInstantText(EVENING, 'UTC')).toBe('2026-07-01 22:05:09 UTC')
    expect(namedInstantText(Date.UTC(2026, 0, 2), 'Europe/London')).toBe('2026-01-02 00:00:00 UTC (Europe/London)')
  })

  test('is never ambiguous where the clocks go back', () => {
    expect(instantText(FIRST_FOLD, 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +02:00 (00:30:00 UTC)')
    expect(instantText(SECOND_FOLD, 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +01:00 (01:30:00 UTC)')
  })

  test('is in UTC where this machine does not know the zone', () => {
    expect(instantText(EVENING, 'Mars/Olympus')).toBe('2026-07-01 22:05:09 UTC')
  })
})

test.each(NOT_SHOWABLE)('%s is an unknown time, and breaks nothing', (ms) => {
  const texts = [utcText, utcMinuteText, instantText, timeOfDayText, minuteOfDayText].map((text) => text(ms))
  for (const text of [...texts, namedInstantText(ms, 'Asia/Karachi')]) expect(text).toMatch(/^(at )?an unknown time$/)
})
