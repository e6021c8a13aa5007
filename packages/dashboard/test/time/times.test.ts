import { afterEach, describe, expect, it, vi } from 'vitest'
import { zoneMatches } from '../../src/pages/schedules/zone-select.tsx'
import * as times from '../../src/time/times.ts'
import { ownZone, zones } from '../../src/time/zones.ts'

const { agoText, elapsedText, inZone, isoText, utcText } = times
const SUMMER = Date.UTC(2026, 6, 1, 22, 5, 9)
const NOT_SHOWABLE = [Number.NaN, Number.POSITIVE_INFINITY, -9e15, 9e15]

/** The same module as a reader in that zone loads it. */
async function readIn(zone: string): Promise<typeof times> {
  vi.stubEnv('TZ', zone)
  vi.resetModules()
  return import('../../src/time/times.ts')
}

afterEach(() => vi.unstubAllEnvs())

describe('durations on the screen', () => {
  it('run to the second, with their units', () => {
    const texts = ['0 s', '7 s', '1 min 01 s', '12 min 30 s', '1 h 02 min 03 s']
    expect([0, 7_400, 61_000, 750_000, 3_723_000].map(elapsedText)).toEqual(texts)
  })

  it('are never negative, though clocks differ', () => {
    expect(elapsedText(-5000)).toBe('0 s')
    expect(agoText(10_000, 5_000)).toBe('just now')
  })

  it('are rough when long ago', () => {
    const now = 1_000_000_000
    const ago = (ms: number) => agoText(now - ms, now)
    const texts = ['60 s ago', '10 min ago', '2 h ago', '3 days ago']
    expect([60_000, 600_000, 7_200_000, 259_200_000].map(ago)).toEqual(texts)
  })
})

describe.each([
  ['UTC', '22:05', /^UTC$/, /^UTC$/],
  ['Asia/Karachi', '03:05', /^(PKT|GMT\+5)$/, /^(PKT|GMT\+5) \(Asia\/Karachi\)$/],
  ['America/New_York', '18:05', /^(EDT|GMT-4)$/, /^(EDT|GMT-4) \(America\/New_York\)$/],
])('times for a reader in %s', (zone, clock, short, names) => {
  it('are those of the zone, and name it', async () => {
    const own = await readIn(zone)
    const { dateText, fullText, minuteText, timeText, zoneNames, zoneText } = own
    expect(zoneText(SUMMER)).toMatch(short)
    expect(zoneNames(SUMMER)).toMatch(names)
    const texts = [timeText(SUMMER), minuteText(SUMMER), fullText(SUMMER, 0), fullText(SUMMER, SUMMER)]
    for (const text of [...texts, dateText(SUMMER, 0), dateText(SUMMER, SUMMER)]) {
      expect(text).toContain(clock)
      expect(text.endsWith(` ${zoneText(SUMMER)}`), text).toBe(true)
    }
  })

  it('stand beside UTC where that is another time, and once where it is the same', async () => {
    const { bareTimeText, bareUtcTimeText, bothText, timeText } = await readIn(zone)
    expect(bareTimeText(SUMMER)).toBe(`${clock}:09`)
    expect(bareUtcTimeText(SUMMER)).toBe('22:05:09')
    expect(bothText(SUMMER)).toBe(zone === 'UTC' ? timeText(SUMMER) : `${timeText(SUMMER)} (22:05:09 UTC)`)
  })

  it('of a schedule are those of its own zone, with the offset, summer and winter', async () => {
    const own = await readIn(zone)
    expect(own.inZone(Date.UTC(2027, 0, 1, 15), 'Europe/Berlin')).toMatch(/16:00 \+01:00$/)
    expect(own.inZone(Date.UTC(2027, 6, 2, 14), 'Europe/Berlin')).toMatch(/16:00 \+02:00$/)
    expect(own.inZone(SUMMER, 'UTC')).toMatch(/22:05 \+00:00$/)
  })

  it('never break a page, however far off they are', async () => {
    const own = await readIn(zone)
    const shown = [own.timeText, own.dateText, own.minuteText, own.bareTimeText, own.bareUtcTimeText, own.utcText]
    for (const ms of NOT_SHOWABLE) {
      for (const text of [...shown, own.fullText, own.bothText, (one: number) => own.inZone(one, 'Europe/Berlin')])
        expect(text(ms)).toBe('at an unknown time')
      expect(isoText(ms)).toBeUndefined()
      expect(own.zoneNames(ms)).toContain(zone)
    }
  })
})

describe('times for every reader', () => {
  it('are given in UTC, too', () => {
    expect(utcText(Date.UTC(2026, 0, 2, 14, 3, 5, 678))).toBe('2026-01-02 14:03:05 UTC')
    expect(isoText(Date.UTC(2026, 0, 2, 14, 3, 5, 678))).toBe('2026-01-02T14:03:05.678Z')
  })

  it('differ by their offset where the clocks of a zone show them twice', () => {
    const fold = Date.UTC(2026, 9, 25, 0, 30)
    expect(inZone(fold, 'Europe/Berlin')).toMatch(/02:30 \+02:00$/)
    expect(inZone(fold + 3_600_000, 'Europe/Berlin')).toMatch(/02:30 \+01:00$/)
  })

  it('are written in UTC where this browser does not know the zone, and say so; half a name is no zone either', () => {
    for (const zone of ['', 'E', 'Europe/Berli', 'Not/A_Zone'])
      expect(inZone(Date.UTC(2027, 0, 1, 15), zone)).toMatch(/15:00 UTC$/)
  })
})

describe('time zones to choose from', () => {
  it('are all that there are, the own and UTC first, also by the names of today', () => {
    const all = zones()
    expect(all).toEqual(expect.arrayContaining(Intl.supportedValuesOf('timeZone')))
    expect(all).toEqual(expect.arrayContaining(['Asia/Karachi', 'Asia/Kolkata', 'Europe/Kyiv']))
    expect(all[0]).toBe(ownZone())
    expect(all.slice(0, 2)).toContain('UTC')
    expect(new Set(all).size).toBe(all.length)
  })

  it('are found by words as people write them', () => {
    for (const typed of ['new york', 'New_York', 'america/new', '  YORK ', 'york america'])
      expect(zoneMatches('America/New_York', typed)).toBe(true)
    expect(zoneMatches('Europe/Berlin', 'york')).toBe(false)
  })
})
