import { expect, test } from 'vitest'
import { FairQueue } from '../../src/workers/fair-queue.ts'

const anybody = () => true

test('everybody has their turn, whoever asked for how much', () => {
  const queue = new FairQueue<number>({ perKey: 3, total: 10 })
  for (const job of [1, 2, 3]) expect(queue.add('ada', job)).toBe(true)
  queue.add('bob', 4)
  queue.add('eve', 5)
  const order = Array.from({ length: 5 }, () => queue.take(anybody)?.job)
  expect(order).toEqual([1, 4, 5, 2, 3])
  expect(queue.take(anybody)).toBeNull()
})

test('who may not have a turn now is passed over, and keeps the place', () => {
  const queue = new FairQueue<number>({ perKey: 3, total: 10 })
  queue.add('ada', 1)
  queue.add('bob', 2)
  expect(queue.take((key) => key !== 'ada')).toEqual({ key: 'bob', job: 2 })
  expect(queue.take((key) => key !== 'ada')).toBeNull()
  expect(queue.take(anybody)).toEqual({ key: 'ada', job: 1 })
})

test('there is room for so many of one, and so many of all; what is drained waits no more', () => {
  const queue = new FairQueue<number>({ perKey: 2, total: 3 })
  expect([1, 2, 3].map((job) => queue.add('ada', job))).toEqual([true, true, false])
  expect([queue.add('bob', 4), queue.add('eve', 5)]).toEqual([true, false])
  expect(queue.drain()).toEqual([1, 2, 4])
  expect(queue.add('eve', 5)).toBe(true)
})
