import { describe, expect, it } from 'vitest'
import type { Back, Headline } from '../../src/words/headline.ts'
import { backWords, meanwhileWords, timerWords } from '../../src/words/headline-words.ts'

const NOW = Date.UTC(2026, 0, 2, 14, 20, 10)
const BY = NOW + 12 * 60_000
const headline = (back: Back, changes: Partial<Headline> = {}): Headline => ({ back, timers: [], later: 0, ...changes })
const CASES: readonly Back[] = [
  { state: 'nothing to restore' },
  { state: 'not begun', atMostMs: 900_000 },
  { state: 'by', ms: BY, overdue: false },
  { state: 'by', ms: BY, overdue: true },
  { state: 'not reported', hosts: ['SRV-04'] },
  { state: 'back', ms: NOW },
  { state: 'person', hosts: ['SRV-04', 'SRV-05'] },
]
/** A time of day with its zone. */
const CLOCK = /\d\d:\d\d:\d\d [A-Z]{3,4}\S*/

describe('the headline of a run', () => {
  it('names a clock time with its zone, and what is left, while hosts are changed', () => {
    const { text, ms, more } = backWords(headline({ state: 'by', ms: BY, overdue: false }, { later: 2 }), NOW)
    expect(ms).toBe(BY)
    expect(text).toMatch(new RegExp(`^Rolled back by ${CLOCK.source} at the latest$`))
    expect(more).toBe('12 min 00 s left; 2 more failures to start')
  })

  it('names the day as well where it is another one', () => {
    const since = NOW - 3 * 86_400_000
    expect(backWords(headline({ state: 'back', ms: since }), NOW).text).toMatch(/2025.*\d\d:\d\d:\d\d/)
    expect(backWords(headline({ state: 'back', ms: NOW }), NOW).text).not.toContain('2026')
  })

  it('is red, and promises no time, when the time has passed or a person must act', () => {
    for (const back of CASES.filter((one) => one.state === 'person' || (one.state === 'by' && one.overdue))) {
      expect(backWords(headline(back), NOW).tone).toBe('bad')
      expect(backWords(headline(back), NOW).text).not.toContain('at the latest')
    }
  })

  it('names the hosts that a person must act on', () => {
    const { text } = backWords(headline({ state: 'person', hosts: ['SRV-04', 'SRV-05'] }), NOW)
    expect(text).toContain('SRV-04 and SRV-05')
    const many = Array.from({ length: 40 }, (_, n) => `SRV-${n}`)
    expect(backWords(headline({ state: 'person', hosts: many }), NOW).text).toContain('SRV-2, and 37 more')
  })

  it('says something in every case, also while nothing is heard', () => {
    for (const back of CASES) {
      expect(backWords(headline(back), NOW).text).not.toBe('')
      expect(meanwhileWords(headline(back), NOW)).toMatch(/\.$/)
    }
  })

  it('says while nothing is heard by when every host has restored itself', () => {
    const words = meanwhileWords(headline({ state: 'by', ms: BY, overdue: false }), NOW)
    expect(words).toMatch(new RegExp(`rolls itself back by ${CLOCK.source} at the latest`))
  })

  it('names the safety timers that are armed, as long as there are few', () => {
    const timers = (count: number) => Array.from({ length: count }, (_, n) => ({ host: `SRV-${n}`, ms: BY }))
    const armed = (count: number) => timerWords(headline(CASES[2] as Back, { timers: timers(count) }))
    expect(timerWords(headline({ state: 'nothing to restore' })).text).toBe('No safety timer is armed')
    expect(timerWords(headline({ state: 'not reported', hosts: ['SRV-04'] })).text).toBe('No safety timer reported')
    expect(armed(1)).toEqual({ text: 'Safety timer armed', named: timers(1) })
    expect(armed(9)).toEqual({ text: '9 safety timers armed', named: [] })
  })
})
