import { describe, expect, it } from 'vitest'
import { valueText } from '../../src/pages/run/model/value-text.ts'

describe('the newest answer of a probe', () => {
  it.each([
    [{ status: 200, address: '192.0.2.10' }, 12, '200, 12 ms'],
    [{ active: false }, 3, 'not active, 3 ms'],
    [{ active: true }, 3, 'active, 3 ms'],
    [{ status: null, error: 'ECONNREFUSED' }, 1, 'ECONNREFUSED, 1 ms'],
    [{}, 1500, '1.5 s'],
  ])('%j in %d ms is %s', (value, tookMs, text) => {
    expect(valueText(value, tookMs)).toBe(text)
  })

  it('is cut where it is long', () => {
    expect(valueText({ error: 'x'.repeat(200) }, 1).length).toBeLessThan(45)
  })
})
