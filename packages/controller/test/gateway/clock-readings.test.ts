import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClockReadings, readingOf } from '../../src/gateway/clock-readings.ts'

/** An exchange as it happens: the way there, the time at the host, the way back; stamps of the controller in whole ms. */
const exchange = fc
  .record({
    startMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
    offsetMs: fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    thereMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
    atHostMs: fc.double({ min: 0, max: 500, noNaN: true }),
    backMs: fc.double({ min: 0, max: 2_000, noNaN: true }),
  })
  .map(({ startMs, offsetMs, thereMs, atHostMs, backMs }) => ({
    offsetMs,
    stamps: {
      bootId: 'b',
      sentMs: Math.round(startMs),
      hostReceivedMs: startMs + thereMs - offsetMs,
      hostSentMs: startMs + thereMs + atHostMs - offsetMs,
      receivedMs: Math.round(startMs + thereMs + atHostMs + backMs),
    },
  }))

describe('a clock reading', () => {
  test('the true offset lies within the bound, however lopsided the way', () => {
    fc.assert(
      fc.property(exchange, ({ offsetMs, stamps }) => {
        const reading = readingOf(stamps)
        expect(reading).not.toBeNull()
        if (reading) expect(Math.abs(reading.offsetMs - offsetMs)).toBeLessThanOrEqual(reading.boundMs + 1e-6)
      }),
      { numRuns: 1_000 },
    )
  })

  test('stamps that contradict each other are not believed', () => {
    expect(readingOf({ bootId: 'b', sentMs: 0, hostReceivedMs: 10, hostSentMs: 5, receivedMs: 20 })).toBeNull()
    expect(readingOf({ bootId: 'b', sentMs: 0, hostReceivedMs: 0, hostSentMs: 5_000, receivedMs: 10 })).toBeNull()
  })
})

describe('the readings of a host', () => {
  const stamps = (bootId: string, sentMs: number, roundTripMs: number) => ({
    ...{ bootId, sentMs, hostReceivedMs: sentMs, hostSentMs: sentMs, receivedMs: sentMs + roundTripMs },
  })

  test('the best is the one with the shortest round trip, and it widens as the clocks drift', () => {
    const readings = new ClockReadings()
    expect(readings.best(0)).toBeNull()
    readings.add(stamps('b', 0, 100))
    readings.add(stamps('b', 200, 4))
    readings.add(stamps('b', 300, 50))
    expect(readings.best(204)?.boundMs).toBe(2.5)
    expect(readings.best(204 + 60_000)?.boundMs).toBeCloseTo(2.5 + 6)
    readings.add(stamps('b', 120_000, 10))
    expect(readings.best(120_010)?.boundMs).toBe(5.5)
  })

  test('after a reboot nothing of before counts', () => {
    const readings = new ClockReadings()
    readings.add(stamps('before', 0, 2))
    readings.add(stamps('after', 100, 80))
    expect(readings.best(180)).toMatchObject({ bootId: 'after', boundMs: 40.5 })
  })
})
