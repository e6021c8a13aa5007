import { describe, expect, it } from 'vitest'
import { zoneMatches } from '../../src/pages/schedules/zone-select.tsx'
import { agoText, clockOf, dateText, inZone, timeText, utcText } from '../../src/time/times.ts'
import { ownZone, zones } from '../../src/time/zones.ts'

describe('times on the screen', () => {
  it('run as a clock', () => {
    expect([0, 7_400, 61_000, 750_000, 3_723_000].map(clockOf)).toEqual(['0:00', '0:07', '1:01', '12:30', '1:02:03'])
  })

  it('are never negative, though clocks differ', () => {
    expect(clockOf(-5000)).toBe('0:00')
    expect(agoText(10_000, 5_000)).toBe('just now')
  })

  it('are rough when long ago', () => {
    const now = 1_000_000_000
    const ago = (ms: number) => agoText(now - ms, now)
    expect([60_000, 600_000, 7_200_000, 259_200_000].map(ago)).toEqual([
      '60 s ago',
      '10 min ago',
      '2 h ago',
      '3 days ago',
    ])
  })

  it('are given in UTC where it is asked for', () => {
    expect(utcText(Date.UTC(2026, 0, 2, 14, 3, 5, 678))).toBe('2026-01-02 14:03:05 UTC')
  })

  it('of a schedule are those of its own zone, summer and winter', () => {
    expect(inZone(Date.UTC(2027, 0, 1, 15), 'Europe/Berlin')).toContain('16:00')
    expect(inZone(Date.UTC(2027, 6, 2, 14), 'Europe/Berlin')).toContain('16:00')
  })

  it('name their zone, whatever shows them', () => {
    const ms = Date.UTC(2026, 0, 2, 14, 3, 5)
    for (const text of [timeText(ms), dateText(ms, ms), dateText(ms, 0), utcText(ms), inZone(ms, 'Asia/Kolkata')])
      expect(text).toMatch(/\d\d:\d\d(:\d\d)? (UTC|GMT\S*|[A-Z]{3,5}|Asia\/Kolkata)$/)
    expect(inZone(ms, 'Asia/Kolkata')).toContain('19:33')
  })

  it('are written in UTC where this browser does not know the zone, and say so; half a name is no zone either', () => {
    for (const zone of ['', 'E', 'Europe/Berli', 'Not/A_Zone'])
      expect(inZone(Date.UTC(2027, 0, 1, 15), zone)).toMatch(/15:00 UTC$/)
  })

  it('never break a page, however far off they are', () => {
    for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, -9e15, 9e15]) {
      for (const text of [timeText(ms), dateText(ms), utcText(ms), inZone(ms, 'Europe/Berlin')])
        expect(text).toBe('at an unknown time')
    }
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
