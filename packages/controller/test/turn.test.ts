import { expect, test } from 'vitest'
import { inSlices, turn } from '../src/turn.ts'

const loop = () => new Promise((resolve) => setImmediate(resolve))

test('however many wait for their turn, one goes on in each round of the event loop', async () => {
  const went: number[] = []
  for (let one = 1; one <= 100; one += 1) void turn().then(() => went.push(one))
  for (let rounds = 0; rounds < 10; rounds += 1) await loop()
  expect(went.length).toBeLessThanOrEqual(11)
  while (went.length < 100) await loop()
  expect(went).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('long work in slices lets others have their turn', async () => {
  const pause = inSlices()
  let others = 0
  const timer = setInterval(() => (others += 1), 1)
  const begunMs = performance.now()
  while (performance.now() - begunMs < 200) await pause()
  clearInterval(timer)
  expect(others).toBeGreaterThan(1)
})
