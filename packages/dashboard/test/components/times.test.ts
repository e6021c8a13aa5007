import { describe, expect, it } from 'vitest'
import { agoText, clockOf, utcText } from '../../src/components/times.ts'
import { inZone, zones } from '../../src/pages/schedules/zones.ts'

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

  it('can be in any zone, the own and UTC first', () => {
    expect(zones()).toContain('Asia/Karachi')
    expect(zones().slice(0, 2)).toContain('UTC')
    expect(new Set(zones()).size).toBe(zones().length)
  })
})
