import { expect, test } from 'vitest'
import { lookUntil } from '../../src/wait/index.ts'

/** Longer than any test may take: whoever pauses so long hangs. */
const NEVER_MS = 3_600_000

/** Finds 1, then 2, and so on. */
function counter() {
  let found = 0
  return async () => ++found
}

test('looks once and does not pause when what it waits for is there', async () => {
  expect(await lookUntil(counter(), () => true, { everyMs: NEVER_MS })).toBe(1)
})

test('looks again until what it waits for is there', async () => {
  expect(await lookUntil(counter(), (found) => found === 4, { everyMs: 1 })).toBe(4)
})

test('takes one more look at the end of its time, and resolves with it', async () => {
  let nowMs = 0
  const look = async () => {
    nowMs += 10
    return nowMs
  }
  expect(await lookUntil(look, () => false, { everyMs: 1, withinMs: 30, monoMs: () => nowMs })).toBe(40)
})

test('looks once when there is no time', async () => {
  let nowMs = 0
  expect(await lookUntil(counter(), () => false, { everyMs: 1, withinMs: 0, monoMs: () => nowMs++ })).toBe(1)
})

test('an abort ends the pause, and the wait after a last look', async () => {
  const stop = new AbortController()
  const { promise: looked, resolve } = Promise.withResolvers<void>()
  const look = counter()
  const waiting = lookUntil(
    async () => {
      resolve()
      return await look()
    },
    () => false,
    { everyMs: NEVER_MS, signal: stop.signal },
  )
  await looked
  stop.abort()
  expect(await waiting).toBeLessThanOrEqual(2)
})

test('looks once when it was aborted before', async () => {
  expect(await lookUntil(counter(), () => false, { everyMs: NEVER_MS, signal: AbortSignal.abort() })).toBe(1)
})

test('rejects with what a look throws', async () => {
  const look = () => Promise.reject(new Error('cannot look'))
  await expect(lookUntil(look, () => true, { everyMs: 1 })).rejects.toThrow('cannot look')
})
