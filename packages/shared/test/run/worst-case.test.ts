import { expect, test } from 'vitest'
import { longestChangedMs, safetyTimerMs } from '../../src/run/worst-case.ts'

const budget = { injectMs: 15_000, effectWaitMs: 30_000, holdMs: 120_000, revertMs: 20_000 }

test('the worst case of a failure ends when its safety timer has fired and has rolled it back', () => {
  expect(safetyTimerMs(budget)).toBe(15_000 + 30_000 + 120_000 + 20_000 + 3_000)
  expect(longestChangedMs(budget)).toBe(safetyTimerMs(budget) + 20_000)
})

test('a long wait for the effect puts the safety timer off by no more than the hold', () => {
  expect(safetyTimerMs({ ...budget, effectWaitMs: 900_000 })).toBe(15_000 + 120_000 + 120_000 + 20_000 + 3_000)
})
