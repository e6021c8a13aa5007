import { describe, expect, test } from 'vitest'
import { formatDuration, formatMeasured } from '../../src/timing/format.ts'

describe('a duration for people', () => {
  const rows: [number, string][] = [
    [0, '0 ms'],
    [12.4, '12 ms'],
    [850, '850 ms'],
    [1000, '1 s'],
    [41_200, '41.2 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [60_000, '1 min'],
    [61_000, '1 min 1 s'],
    [119_600, '2 min'],
    [900_000, '15 min'],
    [3_599_700, '1 h'],
    [3_600_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [86_400_000, '1 d'],
    [273_600_000, '3 d 4 h'],
    [-1500, '-1.5 s'],
  ]
  test.each(rows)('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('a measured duration', () => {
  const rows: [number, number, string][] = [
    [41_200, 400, '41.2 s ± 0.4 s'],
    [41_234, 410, '41.2 s ± 0.5 s'],
    [41_234, 41, '41.23 s ± 0.05 s'],
    [41_234, 4, '41.234 s ± 0.004 s'],
    [121_000, 1000, '121.0 s ± 1.0 s'],
    [0, 1000, '0.0 s ± 1.0 s'],
  ]
  test.each(rows)('%d ms ± %d ms is %s, with U rounded up, never down', (valueMs, uMs, text) => {
    expect(formatMeasured({ valueMs, uMs, lowMs: valueMs - uMs, highMs: valueMs + uMs })).toBe(text)
  })

  test('without uncertainty is a plain duration', () => {
    expect(formatMeasured({ valueMs: 3_600_000, uMs: 0, lowMs: 3_600_000, highMs: 3_600_000 })).toBe('1 h')
  })
})
