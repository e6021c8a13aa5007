import { InvalidArgumentError } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { asInstant } from '../src/option-values.ts'

afterEach(() => vi.unstubAllEnvs())

describe.each(['UTC', 'Asia/Karachi', 'America/New_York'])(
  'an instant on the command line of a machine in %s',
  (zone) => {
    test('is the same everywhere: it names its zone, or is a day in UTC', () => {
      vi.stubEnv('TZ', zone)
      const ms = Date.parse('2026-11-22T10:00:00Z')
      expect(['2026-11-22T10:00:00Z', '2026-11-22T11:00+01:00', '2026-11-22T04:30:00.0-05:30'].map(asInstant)).toEqual([
        ms,
        ms,
        ms,
      ])
      expect(asInstant('2026-11-22')).toBe(Date.parse('2026-11-22T00:00:00Z'))
    })

    test.each([
      '2026-11-22T10:00',
      '2026-11-22 10:00',
      '22 Nov 2026',
      '10:00',
      'yesterday',
      '2026-13-22T10:00:00Z',
      '',
    ])('is refused where it says too little: %s', (text) => {
      vi.stubEnv('TZ', zone)
      expect(() => asInstant(text)).toThrow(InvalidArgumentError)
    })
  },
)
