import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchThreads } from '../../src/engine/heartbeat.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the heartbeat through the pool of threads', () => {
  function watched(beat: () => Promise<unknown>, isBusy = () => true) {
    const reasons: string[] = []
    watchThreads({ path: '/nowhere', isBusy, onDead: (reason) => reasons.push(reason), beat })
    return reasons
  }
  const never = () => new Promise(() => undefined)

  test('says once, within four seconds while something is held, that no thread answers', async () => {
    const reasons = watched(never)
    await vi.advanceTimersByTimeAsync(3_500)
    expect(reasons).toEqual([])
    await vi.advanceTimersByTimeAsync(500)
    expect(reasons).toEqual(['no thread of this process has answered for 3s: something that it reads hangs'])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(reasons).toHaveLength(1)
  })

  test('waits longer while nothing is held, and not for something that begins meanwhile', async () => {
    let isBusy = false
    const reasons = watched(never, () => isBusy)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(reasons).toEqual([])
    isBusy = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reasons).toHaveLength(1)
  })

  test('is quiet while threads answer, with an error too', async () => {
    const reasons = watched(async () => {
      throw new Error('ENOENT')
    })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(reasons).toEqual([])
  })

  test('begins to count anew after an answer that came late', async () => {
    let answer: () => void = () => undefined
    const reasons = watched(() => new Promise<void>((resolve) => (answer = resolve)))
    await vi.advanceTimersByTimeAsync(3_000)
    answer()
    await vi.advanceTimersByTimeAsync(3_000)
    expect(reasons).toEqual([])
  })
})
