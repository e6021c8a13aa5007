import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { controllerMoment, DRIFT_PPM, earliest, midOf, place, spanOf, WALL_BOUND_MS } from '../../src/run/clock.ts'
import type { ClockMeasurement, RawReading } from '../../src/run/moment.ts'
import { total } from '../../src/timing/measured.ts'
import { aGoodStory, injecting, opening } from './stories.ts'
import { aPlan, clockOffset, measures, monoAt, runOf, SRV, says, T0, WS } from './support.ts'

function reading(lowMonoMs: number, highMonoMs = lowMonoMs, bootId = 'boot-1'): RawReading {
  return { hostId: SRV, bootId, lowMonoMs, highMonoMs, wallMinusMonoMs: 7000 }
}

function measurement(offsetMs: number, boundMs: number, measuredMs: number, bootId = 'boot-1'): ClockMeasurement {
  return { hostId: SRV, bootId, offsetMs, boundMs, measuredMs }
}

describe('placing a reading of a host on the time line of the controller', () => {
  test('takes the calendar clock of the host, ± 60 s, where nothing was measured', () => {
    const moment = place(reading(1000), [])
    expect(moment).toMatchObject({ lowMs: 8000 - WALL_BOUND_MS, highMs: 8000 + WALL_BOUND_MS, clock: 'not measured' })
  })

  test('takes the measured offset ± its bound', () => {
    expect(place(reading(1000), [measurement(500, 3, 1500)])).toMatchObject({
      lowMs: 1497,
      highMs: 1503,
      clock: 'measured',
    })
  })

  test('takes nothing that was measured in another boot, or of another host', () => {
    const others = [measurement(500, 3, 1500, 'boot-0'), { ...measurement(500, 3, 1500), hostId: WS }]
    expect(place(reading(1000), others).clock).toBe('not measured')
  })

  test('allows the clocks to drift apart with the distance from the measurement', () => {
    const hourMs = 3_600_000
    const { lowMs, highMs } = place(reading(hourMs), [measurement(0, 3, 0)])
    const driftMs = (hourMs * DRIFT_PPM) / 1_000_000
    expect(driftMs).toBe(360)
    expect([lowMs, highMs]).toStrictEqual([hourMs - 3 - driftMs, hourMs + 3 + driftMs])
  })

  test('takes the measurement that is tightest for this very reading', () => {
    const early = measurement(0, 1, 0)
    const late = measurement(10, 5, 3_600_010)
    expect(midOf(place(reading(100), [early, late]))).toBe(100)
    expect(midOf(place(reading(3_600_000), [early, late]))).toBe(3_600_010)
  })

  test('holds what each of them says where two measurements cannot both be right', () => {
    // The machine slept for half a minute: its clock stood still, the one of the controller went on.
    const before = measurement(0, 3, 0)
    const after = measurement(30_000, 3, 70_000)
    const { lowMs, highMs, clock } = place(reading(20_000), [before, after])
    expect(clock).toBe('contradicted')
    expect([Math.floor(lowMs), Math.ceil(highMs)]).toStrictEqual([19_995, 50_005])
  })

  test('always holds the true instant, as long as the measurement was right', () => {
    const small = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(small, small, fc.nat(10_000_000), fc.nat(10_000_000), (error, rate, at, measuredAt) => {
        // A host clock that runs wrong by up to the allowed rate, measured with an error within the stated bound.
        const factor = 1 + (rate * DRIFT_PPM * 0.999) / 1_000_000
        const mono = (trueMs: number) => trueMs * factor
        const clocks = [measurement(measuredAt - mono(measuredAt) + error * 5, 5, measuredAt)]
        const { lowMs, highMs } = place(reading(mono(at)), clocks)
        expect(lowMs - 1e-3).toBeLessThanOrEqual(at)
        expect(at).toBeLessThanOrEqual(highMs + 1e-3)
      }),
    )
  })
})

describe('the stretch between two moments', () => {
  test('on one clock needs no offset, only the allowance for its rate', () => {
    const from = place(reading(1000), [])
    const to = place(reading(1_001_000), [])
    expect(total([spanOf(from, to)])).toMatchObject({ valueMs: 1_000_000, lowMs: 999_900, highMs: 1_000_100 })
  })

  test('on one clock that stood still meanwhile is no shorter than it may have been', () => {
    const clocks = [measurement(0, 3, 0), measurement(30_000, 3, 70_000)]
    const [from, to] = [place(reading(10_000), clocks), place(reading(20_000), clocks)]
    const { lowMs, highMs } = total([spanOf(from, to)])
    expect(lowMs).toBeLessThanOrEqual(10_000)
    expect(highMs).toBeGreaterThanOrEqual(40_000)
  })

  test('on two clocks carries the bounds of both', () => {
    const from = place(reading(1000), [measurement(0, 50, 1000)])
    expect(total([spanOf(from, controllerMoment(2000))])).toMatchObject({ valueMs: 1000, lowMs: 949, highMs: 1051 })
  })

  test('over a reboot is taken on the time line of the controller', () => {
    const clocks = [measurement(0, 1, 0), measurement(50_000, 1, 50_000, 'boot-2')]
    expect(total([spanOf(place(reading(100), clocks), place(reading(100, 100, 'boot-2'), clocks))]).valueMs).toBe(
      50_000,
    )
  })
})

describe('the first of several moments', () => {
  const at = (lowMs: number, highMs: number) => ({
    lowMs,
    highMs,
    clock: 'measured' as const,
    raw: reading(lowMs, highMs),
  })

  test('is none of none', () => {
    expect(earliest([])).toBeNull()
  })

  test('is the one that is certainly before the others, with its own clock', () => {
    expect(earliest([at(20, 30), at(1, 5)])).toStrictEqual(at(1, 5))
  })

  test('is bounded by all that may have been first', () => {
    expect(earliest([at(3, 9), at(1, 10), at(50, 60)])).toStrictEqual({
      lowMs: 1,
      highMs: 9,
      clock: 'measured',
      raw: null,
    })
  })
})

describe('a run whose clocks are measured late', () => {
  test('is the same in its times as one whose clocks were measured first', () => {
    const clocks = [measures(305_000, SRV), measures(305_001, WS)]
    const late = runOf([...aGoodStory().filter((line) => line.event.type !== 'clock.measured'), ...clocks])
    const row = late.steps[0]?.hosts[0]
    expect(row?.injected?.clock).toBe('measured')
    expect(midOf(row?.injected ?? { lowMs: 0, highMs: 0 })).toBeCloseTo(T0 + 180_130, 1)
    expect(late.probes[0]?.transitions.map((one) => one.at.clock)).toStrictEqual(['measured', 'measured', 'measured'])
  })

  test('says of every instant how well it is known', () => {
    const story = [...opening(aPlan()), ...injecting()].filter((line) => line.event.type !== 'clock.measured')
    expect(runOf(story).steps[0]?.hosts[0]?.injected?.clock).toBe('not measured')
  })

  test('keeps the eight tightest measurements of a boot', () => {
    const many = Array.from({ length: 30 }, (_, n) => measures(50 + n, SRV, 100 - n))
    const mine = runOf([...opening(aPlan()), ...many]).clocks.filter((clock) => clock.hostId === SRV)
    expect(mine.length).toBe(8)
    expect(Math.max(...mine.map((clock) => clock.boundMs))).toBeLessThanOrEqual(77)
  })

  test('does not use a measurement beyond all calendars', () => {
    const wild = says(50, { type: 'clock.measured', hostId: SRV, bootId: 'boot-1', offsetMs: 1e300, boundMs: 1 })
    const run = runOf([...opening(aPlan()), wild])
    expect(run.clocks.filter((clock) => clock.hostId === SRV).map((clock) => clock.offsetMs)).toStrictEqual([
      clockOffset(SRV),
    ])
    expect(run.anomalies[0]?.text).toMatch(/beyond all calendars/)
  })
})

test('stories and clocks agree about the host', () => {
  expect(monoAt(SRV, 5) + clockOffset(SRV)).toBe(T0 + 5)
})
