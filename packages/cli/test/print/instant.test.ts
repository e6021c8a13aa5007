import { describe, expect, test } from 'vitest'
import { instantText } from '../../src/print/instant.ts'

describe('an instant on the command line', () => {
  const ms = Date.parse('2026-07-01T22:05:09.870Z')

  test('has one form, and names its zone', () => {
    expect(instantText(ms)).toMatch(/^2026-07-0[12] \d\d:\d\d:09 \S+$/)
    expect(instantText(ms, 'Europe/Berlin')).toBe('2026-07-02 00:05:09 GMT+2')
    expect(instantText(ms, 'UTC')).toBe('2026-07-01 22:05:09 UTC')
  })

  test('is in UTC where this machine has not heard of the zone', () => {
    expect(instantText(ms, 'Mars/Olympus')).toBe('2026-07-01 22:05:09 UTC')
  })
})
