import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { HaltWatch } from '../../src/engine/halt.ts'
import { Holds } from '../../src/engine/holds.ts'
import { settledAfter, settledWithin } from '../../src/wait/within.ts'
import { headWith } from '../fixtures/heads.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The clocks that the fake timers move; `skewMs` is a step of the calendar clock. */
function clockWith(skew: { ms: number } = { ms: 0 }) {
  return { monoMs: () => performance.now(), wallMs: () => Date.now() + skew.ms }
}

describe('a hold', () => {
  function holdsWith(onEnd: (recordId: string) => Promise<unknown>, skew?: { ms: number }) {
    const warnings: string[] = []
    return { warnings, holds: new Holds({ clock: clockWith(skew), onEnd, warn: (text) => warnings.push(text) }) }
  }

  test('ends once, when its time is over', async () => {
    const ended: string[] = []
    const { holds } = holdsWith(async (id) => ended.push(id))
    holds.start(headWith({ holdMs: 5_000 }))
    await vi.advanceTimersByTimeAsync(4_900)
    expect(ended).toEqual([])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ended).toEqual([headWith().recordId])
  })

  test('ends early when the calendar clock jumps past its end, and not late when it jumps back', async () => {
    const skew = { ms: 0 }
    const ended: string[] = []
    const { holds } = holdsWith(async (id) => ended.push(id), skew)
    holds.start(headWith({ holdMs: 3_600_000 }))
    skew.ms = 7_200_000
    await vi.advanceTimersByTimeAsync(2_000)
    expect(ended).toHaveLength(1)
    skew.ms = 0
    holds.start(headWith({ holdMs: 5_000 }))
    skew.ms = -7_200_000
    await vi.advanceTimersByTimeAsync(6_000)
    expect(ended).toHaveLength(2)
  })

  test('that was stopped never ends', async () => {
    const ended: string[] = []
    const { holds } = holdsWith(async (id) => ended.push(id))
    holds.start(headWith({ holdMs: 1_000 }))
    expect(holds.any).toBe(true)
    holds.stop(headWith().recordId)
    expect(holds.any).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ended).toEqual([])
  })

  test('is over once it has ended, so that nothing is watched for any more', async () => {
    const { holds } = holdsWith(async () => undefined)
    holds.start(headWith({ holdMs: 1_000 }))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(holds.any).toBe(false)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('ends without a word when another process has put its record back', async () => {
    const ended: string[] = []
    const { holds } = holdsWith(async (id) => ended.push(id))
    const kept = '01J0000000000000000000000B'
    holds.start(headWith({ holdMs: 5_000 }))
    holds.start(headWith({ holdMs: 5_000, recordId: kept }))
    holds.keepOnly([kept])
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ended).toEqual([kept])
  })

  test('asks again when rolling back could not begin', async () => {
    let calls = 0
    const { holds, warnings } = holdsWith(async () => {
      calls += 1
      if (calls < 3) throw new Error('busy')
    })
    holds.start(headWith({ holdMs: 100 }))
    await vi.advanceTimersByTimeAsync(30_000)
    expect(calls).toBe(3)
    expect(warnings).toHaveLength(2)
    holds.stopAll()
  })
})

describe('the watch for the halt file', () => {
  function watchWith(state: { halted: boolean; busy: boolean }) {
    const halts: number[] = []
    let looks = 0
    const watch = new HaltWatch({
      isHalted: async () => {
        looks += 1
        return state.halted
      },
      isBusy: () => state.busy,
      onHalt: async () => {
        halts.push(1)
        state.busy = false
      },
      warn: () => undefined,
    })
    return { watch, halts, looks: () => looks }
  }

  test('rolls back within two seconds of the file appearing', async () => {
    const state = { halted: false, busy: true }
    const { watch, halts } = watchWith(state)
    watch.wake()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(halts).toEqual([])
    state.halted = true
    await vi.advanceTimersByTimeAsync(2_000)
    expect(halts).toHaveLength(1)
  })

  test('does not look while nothing is in place', async () => {
    const state = { halted: true, busy: false }
    const { watch, halts, looks } = watchWith(state)
    watch.wake()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([halts.length, looks()]).toEqual([0, 0])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('ends when it is asked to', async () => {
    const { watch, looks } = watchWith({ halted: false, busy: true })
    watch.wake()
    await vi.advanceTimersByTimeAsync(1_000)
    watch.stop()
    const before = looks()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(looks()).toBe(before)
  })

  test('goes on looking when rolling back could not begin', async () => {
    let calls = 0
    const warnings: string[] = []
    const watch = new HaltWatch({
      isHalted: async () => true,
      isBusy: () => calls < 2,
      onHalt: async () => {
        calls += 1
        throw new Error('busy')
      },
      warn: (text) => warnings.push(text),
    })
    watch.wake()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(calls).toBe(2)
    expect(warnings).toHaveLength(2)
  })
})

describe('waiting for work', () => {
  const never = () => new Promise<never>(() => undefined)

  test('ends with the work, well or badly', async () => {
    expect(await settledWithin(Promise.resolve(1), 1_000)).toBe(true)
    expect(await settledWithin(Promise.reject(new Error('x')), 1_000)).toBe(true)
  })

  test('ends without it when it takes too long', async () => {
    const waiting = settledWithin(never(), 1_000)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await waiting).toBe(false)
  })

  test('goes on for the grace after a signal', async () => {
    const stop = new AbortController()
    let ended: boolean | null = null
    void settledAfter(never(), stop.signal, 500).then((value) => {
      ended = value
    })
    await vi.advanceTimersByTimeAsync(10_000)
    expect(ended).toBeNull()
    stop.abort()
    await vi.advanceTimersByTimeAsync(499)
    expect(ended).toBeNull()
    await vi.advanceTimersByTimeAsync(2)
    expect(ended).toBe(false)
  })

  test('sees work that ends within the grace', async () => {
    const work = Promise.withResolvers<void>()
    const waiting = settledAfter(work.promise, AbortSignal.abort(), 500)
    work.resolve()
    expect(await waiting).toBe(true)
  })
})
