import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { between, elapsed, exactly, Measured, notNegative, shifted, total, unseen } from '../../src/timing/measured.ts'

const instant = fc
  .tuple(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.double({ min: 0, max: 1e5, noNaN: true }))
  .map(([lowMs, width]) => ({ lowMs, highMs: lowMs + width }))

describe('the time from one instant to another', () => {
  test('is the difference of the middles', () => {
    expect(elapsed({ lowMs: 0, highMs: 100 }, { lowMs: 1000, highMs: 1100 })).toMatchObject({
      valueMs: 1000,
      lowMs: 900,
      highMs: 1100,
    })
  })

  test('has U = 2u of two rectangular distributions', () => {
    // Two half-widths of 50 ms: u = sqrt(2 * 50² / 3) = 40.8 ms, U = 81.6 ms; one half more for rounding the value.
    expect(elapsed({ lowMs: 0, highMs: 100 }, { lowMs: 1000, highMs: 1100 }).uMs).toBe(83)
  })

  test('is never more uncertain than the interval that bounds it for certain', () => {
    // One exact end: 2u = 57.7 ms would be wider than the certain ± 50 ms.
    expect(elapsed({ lowMs: 0, highMs: 100 }, { lowMs: 1000, highMs: 1000 }).uMs).toBe(51)
  })

  test('bounds every true difference', () => {
    const fraction = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(instant, instant, fraction, fraction, (from, to, f, t) => {
        const truth = to.lowMs + t * (to.highMs - to.lowMs) - (from.lowMs + f * (from.highMs - from.lowMs))
        const { lowMs, highMs } = elapsed(from, to)
        expect(lowMs - 1e-3).toBeLessThanOrEqual(truth)
        expect(truth).toBeLessThanOrEqual(highMs + 1e-3)
      }),
    )
  })

  test('is a valid measured value whatever the instants', () => {
    const wild = fc.double({ noNaN: true, min: -1e300, max: 1e300 })
    fc.assert(
      fc.property(wild, wild, wild, wild, (a, b, c, d) => {
        expect(() => Measured.parse(elapsed(between(a, b), between(c, d)))).not.toThrow()
      }),
    )
  })
})

describe('the sum of several stretches', () => {
  const stretch = { from: { lowMs: 0, highMs: 1000 }, to: { lowMs: 5000, highMs: 6000 } }

  test('adds values and bounds, and uncertainties by their squares', () => {
    const one = total([stretch])
    const four = total([stretch, stretch, stretch, stretch])
    expect(four).toMatchObject({ valueMs: 4 * one.valueMs, lowMs: 4 * one.lowMs, highMs: 4 * one.highMs })
    expect(four.uMs).toBeLessThanOrEqual(2 * one.uMs)
  })

  test('of nothing is nothing', () => {
    expect(total([])).toMatchObject({ valueMs: 0, lowMs: 0, highMs: 0 })
  })
})

describe('small helpers', () => {
  test('a change seen by sampling lies between two samples, in whichever order they are given', () => {
    expect(between(5, 3)).toStrictEqual({ lowMs: 3, highMs: 5 })
  })

  test('a reading carries its resolution', () => {
    expect(exactly(10)).toStrictEqual({ lowMs: 9.5, highMs: 10.5 })
  })

  test('another clock adds its offset, and its bound on both sides', () => {
    expect(shifted({ lowMs: 1, highMs: 2 }, 100, 5)).toStrictEqual({ lowMs: 96, highMs: 107 })
  })

  test('a duration whose order is known is not negative', () => {
    expect(notNegative({ valueMs: -3, uMs: 5, lowMs: -8, highMs: 2 })).toStrictEqual({
      valueMs: 0,
      uMs: 5,
      lowMs: 0,
      highMs: 2,
    })
  })

  test('what was not seen may hide between two samples', () => {
    expect(unseen(1000)).toStrictEqual({ valueMs: 0, uMs: 1000, lowMs: 0, highMs: 1000 })
  })
})
