import { describe, expect, it } from 'vitest'
import { LiveClock } from '../../src/api/live/live-clock.ts'

/** This browser's clock is an hour behind. */
const HERE = 1_000_000
const THERE = HERE + 3_600_000

function aClock(): LiveClock {
  const clock = new LiveClock()
  clock.hear(HERE, THERE)
  return clock
}

describe('the clock of the pages', () => {
  it('is that of the controller, and goes on while the controller is heard', () => {
    const clock = aClock()
    expect(clock.at(HERE + 4000, true)).toEqual({ nowMs: THERE + 4000, notKnownSinceMs: null })
    clock.hear(HERE + 5000)
    expect(clock.at(HERE + 9000, true)).toEqual({ nowMs: THERE + 9000, notKnownSinceMs: null })
  })

  it('ends with what was heard last as soon as the link is lost, however long that lasts', () => {
    const clock = aClock()
    clock.hear(HERE + 5000)
    for (const later of [5001, 60_000, 7_200_000])
      expect(clock.at(HERE + later, false)).toEqual({ nowMs: THERE + 5000, notKnownSinceMs: THERE + 5000 })
  })

  it('ends there too when the link is called open and nothing comes through it', () => {
    expect(aClock().at(HERE + 20_000, true)).toEqual({ nowMs: THERE, notKnownSinceMs: THERE })
  })

  it('goes on when the controller is heard again, not when the link is merely open again', () => {
    const clock = aClock()
    expect(clock.at(HERE + 90_000, true).notKnownSinceMs).toBe(THERE)
    clock.hear(HERE + 90_100, THERE + 90_100)
    expect(clock.at(HERE + 90_200, true)).toEqual({ nowMs: THERE + 90_200, notKnownSinceMs: null })
  })

  it('is the own one before anything was heard: nothing is shown then that could be old', () => {
    expect(new LiveClock().at(HERE, false)).toEqual({ nowMs: HERE, notKnownSinceMs: null })
  })
})
