import type { Plan, Run } from '@chaos-lite/shared'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Sequence } from '../../../src/services/sequence/context.ts'
import { dueBeforeOwnTimer, revertOrder } from '../../../src/services/sequence/revert-order.ts'
import { watchRevertOrder } from '../../../src/services/sequence/watch-revert-order.ts'

afterEach(() => {
  vi.useRealTimers()
})

interface Failure {
  readonly host: string
  /** When it was in place, in seconds. */
  readonly at: number
  readonly hold: number
  readonly revert?: number
}

/** Failures `one`, `two`, … in the order in which they were started. */
function failures(list: readonly Failure[], order?: readonly string[]) {
  const ids = ['one', 'two', 'three']
  const steps = list.map(({ host, hold, revert = 20 }, index) => ({
    kind: 'inject',
    stepId: ids[index],
    holdMs: hold * 1000,
    hostIds: [host],
    explanations: [{ hostId: host, revertMs: revert * 1000 }],
  }))
  const rows = list.map(({ host, at }, index) => {
    const injected = { lowMs: at * 1000, highMs: at * 1000 }
    return { stepId: ids[index], hosts: [{ hostId: host, injected, restoration: 'pending' }] }
  })
  const plan = { steps, hosts: [], ...(order === undefined ? {} : { revertOrder: order }) } as unknown as Plan
  return { plan, run: { steps: rows } as unknown as Run }
}

const dueOf = ({ plan, run }: ReturnType<typeof failures>) =>
  Object.fromEntries([...dueBeforeOwnTimer(plan, run)].map(([stepId, ms]) => [stepId, ms / 1000]))

describe('failures that end by themselves', () => {
  test('on several hosts are ordered back newest first, before the timer of the oldest fires', () => {
    const all = failures([
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 16, hold: 75 },
      { host: 'c', at: 77, hold: 15 },
    ])
    expect(dueOf(all)).toEqual({ two: 85, three: 81.25 })
  })

  test('are left to their own timers where these keep the order', () => {
    const all = failures([
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 16, hold: 30 },
    ])
    expect(dueOf(all)).toEqual({})
  })

  test('of one host are left to its agent', () => {
    const all = failures([
      { host: 'a', at: 0, hold: 90 },
      { host: 'a', at: 16, hold: 75 },
    ])
    expect(dueOf(all)).toEqual({})
  })

  test('end in the order of the drill where it names one', () => {
    const list = [
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 16, hold: 60 },
    ]
    expect(dueOf(failures(list))).toEqual({})
    expect(dueOf(failures(list, ['one', 'two']))).toEqual({ one: 71 })
  })

  test('no longer count once they are back', () => {
    const all = failures([
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 16, hold: 75 },
    ])
    const [one] = all.run.steps
    const back = {
      stepId: 'two',
      hosts: [{ hostId: 'b', injected: { lowMs: 1, highMs: 1 }, restoration: 'identical' }],
    }
    expect(dueOf({ ...all, run: { steps: [one, back] } as unknown as Run })).toEqual({})
  })

  test('are ordered back once, when they are due', async () => {
    vi.useFakeTimers()
    let nowMs = 0
    const all = failures([
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 16, hold: 75 },
    ])
    const orders: unknown[] = []
    const book = { current: () => all.run, until: async () => null, record: async () => all.run }
    const gateway = {
      isOnline: () => true,
      order: async (hostId: string, order: object) => {
        orders.push({ hostId, ...order })
        return { ok: true, prepared: null }
      },
    }
    const { signal } = new AbortController()
    const sequence = {
      runId: 'r',
      plan: all.plan,
      book,
      gateway,
      clock: { nowMs: () => nowMs },
      signal,
      log: { error: vi.fn() },
    }
    const end = watchRevertOrder(sequence as unknown as Sequence)
    nowMs = 84_999
    await vi.advanceTimersByTimeAsync(1_000)
    expect(orders).toEqual([])
    nowMs = 85_000
    await vi.advanceTimersByTimeAsync(2_000)
    expect(orders).toEqual([{ hostId: 'b', name: 'revert', runId: 'r', stepId: 'two', cause: 'hold ended' }])
    end()
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('only at the planned end a drill has an order of its own', () => {
  const { plan } = failures(
    [
      { host: 'a', at: 0, hold: 90 },
      { host: 'b', at: 0, hold: 90 },
    ],
    ['one', 'two'],
  )
  const ids = (cause: Parameters<typeof revertOrder>[1]) => revertOrder(plan, cause).map(({ stepId }) => stepId)
  expect([ids('hold ended'), ids('released early')]).toEqual([
    ['one', 'two'],
    ['one', 'two'],
  ])
  for (const cause of ['abort', 'stop all', 'lease lost', 'effect not seen', 'recovery', 'halt'] as const)
    expect(ids(cause)).toEqual(['two', 'one'])
})
