import { utcText } from '@chaos-lite/shared'
import { describe, expect, it } from 'vitest'
import { instantsIn } from '../../src/time/instants-in.ts'

const MS = Date.UTC(2026, 10, 30, 8, 19, 54)

describe('instants in a sentence', () => {
  it('are found as agents and controllers write them, and nothing of the sentence is lost', () => {
    const text = `Restored on ${utcText(MS)} from a backup of ${utcText(MS - 1000)}, in UTC.`
    const pieces = instantsIn(text)
    expect(pieces.flatMap(({ ms }) => ms ?? [])).toEqual([MS, MS - 1000])
    expect(pieces.map(({ words }) => words).join('')).toBe(text)
    expect(instantsIn(utcText(MS))).toEqual([{ at: 0, words: utcText(MS), ms: MS, isMinute: false }])
  })

  it.each(['', 'Nothing.', '2026-11-30 08:19:54', '2026-11-30T08:19:54Z', '2026-13-30 08:19:54 UTC', '08:19 UTC'])(
    'are not guessed: %s',
    (text) => {
      expect(instantsIn(text).flatMap(({ ms }) => ms ?? [])).toEqual([])
      expect(
        instantsIn(text)
          .map(({ words }) => words)
          .join(''),
      ).toBe(text)
    },
  )

  it('are times of day where it is known when it began, over midnight too', () => {
    const startMs = Date.UTC(2026, 10, 30, 23, 58, 30)
    const found = (text: string) => instantsIn(text, startMs).flatMap(({ ms }) => ms ?? [])
    const stopped = Date.UTC(2026, 10, 30, 23, 58)
    expect(found('nginx stopped 23:58 UTC, rolled back 00:03 UTC')).toEqual([stopped, stopped + 300_000])
    expect(found('at 25:00 UTC, 23:58:30 UTC or 12:60 UTC')).toEqual([])
    expect(instantsIn('stopped 23:58 UTC').every(({ ms }) => ms === null)).toBe(true)
  })
})
