import { expect, test } from 'vitest'
import { backOffMs, spreadMs } from '../../src/plain/index.ts'

const first = { firstMs: 200, mostMs: 10_000 }

test('a pause doubles with each failure, up to its bound', () => {
  const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1_000_000].map((failures) => backOffMs(failures, first))
  expect(pauses).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000])
})

test('chance has no part unless it is given one', () => {
  const fails = () => {
    throw new Error('nobody asks')
  }
  expect(backOffMs(1, first, fails)).toBe(400)
})

test('chance leaves the least share of a pause, and never makes it longer', () => {
  const spread = { ...first, leastShare: 0.5 }
  expect([0, 0.5, 1].map((random) => backOffMs(0, spread, () => random))).toEqual([100, 150, 200])
  expect([0, 0.5, 1].map((random) => spreadMs(1_000, 0.1, random))).toEqual([100, 550, 1_000])
})
