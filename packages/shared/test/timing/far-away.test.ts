import { expect, test } from 'vitest'
import { farAwayText } from '../../src/timing/far-away.ts'

const NOW = Date.UTC(2026, 10, 30)

test('a next date is far away when it is more than a year ahead', () => {
  expect(farAwayText(Date.UTC(2027, 10, 30), NOW)).toBeNull()
  expect(farAwayText(Date.UTC(2044, 1, 29), NOW)).toMatch(/more than a year away \(2044-02-29/)
})
