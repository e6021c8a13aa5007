import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DurationText, durationMs, durationText, PlainDuration, SizeText, sizeBytes } from '../../src/index.ts'

describe('a duration', () => {
  test.each([
    ['500ms', 500],
    ['0s', 0],
    ['10s', 10_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
  ])('%s is %i ms', (text, ms) => {
    expect(durationMs(text)).toBe(ms)
    expect(PlainDuration.safeParse(text).success).toBe(true)
  })

  test.each(['', '10', 's', '1.5s', '-1s', '1d', '10 s', '12345678s', '10s\n', '${params.hold}'])(
    '%j is none',
    (text) => {
      expect(durationMs(text)).toBeNull()
      expect(PlainDuration.safeParse(text).success).toBe(false)
    },
  )

  test('written out and read again stays the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_999_999 }), (ms) => {
        expect(durationMs(durationText(ms))).toBe(ms)
      }),
    )
  })

  test('in a drill may be a parameter, and nothing else in braces', () => {
    expect(DurationText.safeParse('${params.hold-2}').success).toBe(true)
    for (const text of ['${hold}', '${host.name}', '${params.}', 'x${params.hold}', `\${${'a'.repeat(200_000)}`]) {
      expect(DurationText.safeParse(text).success).toBe(false)
    }
  })
})

describe('a size', () => {
  test.each([
    ['1B', 1],
    ['200MB', 200_000_000],
    ['2GiB', 2_147_483_648],
    ['1TiB', 1_099_511_627_776],
  ])('%s is %i bytes', (text, bytes) => {
    expect(sizeBytes(text)).toBe(bytes)
    expect(SizeText.safeParse(text).success).toBe(true)
  })

  test.each(['', '10', 'MB', '1.5GB', '1 GB', '1gb', '-1MB'])('%j is none', (text) => {
    expect(sizeBytes(text)).toBeNull()
    expect(SizeText.safeParse(text).success).toBe(false)
  })
})
