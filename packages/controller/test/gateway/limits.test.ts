import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bucket } from '../../src/gateway/bucket.ts'
import { Budget } from '../../src/gateway/budget.ts'
import { Leases } from '../../src/gateway/leases.ts'

describe('a token bucket', () => {
  test('never gives more than its burst and its rate allow', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 200 }), (steps) => {
        const bucket = new Bucket({ perSecond: 10, burst: 5 }, 0)
        let [nowMs, given] = [0, 0]
        for (const step of steps) {
          nowMs += step
          if (bucket.take(nowMs)) given += 1
        }
        expect(given).toBeLessThanOrEqual(5 + (nowMs * 10) / 1000 + 1e-6)
      }),
    )
  })

  test('gives its burst at once, then waits', () => {
    const bucket = new Bucket({ perSecond: 1, burst: 2 }, 0)
    expect([bucket.take(0), bucket.take(0), bucket.take(0), bucket.take(999), bucket.take(1_000)]).toEqual([
      ...[true, true, false, false, true],
    ])
  })
})

describe('the budget of strangers', () => {
  test('counts per address and in all, and a place given back twice is one place', () => {
    const budget = new Budget({ total: 3, perAddress: 2 })
    const [a1, a2] = [budget.take('a'), budget.take('a')]
    expect(a1 && a2).toBeTruthy()
    expect(budget.take('a')).toBeNull()
    const b1 = budget.take('b')
    expect(b1).not.toBeNull()
    expect(budget.take('c')).toBeNull()
    a1?.()
    a1?.()
    expect(budget.take('c')).not.toBeNull()
    expect(budget.take('b')).toBeNull()
  })
})

describe('leases', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('are renewed at once, then regularly, and not once more after they were let go', () => {
    const renewed: string[] = []
    const leases = new Leases((hostId, runId) => void renewed.push(`${hostId} ${runId}`), 3_000)
    leases.set('h1', 'r1', true)
    leases.set('h2', 'r1', true)
    vi.advanceTimersByTime(3_000)
    leases.set('h1', 'r1', false)
    vi.advanceTimersByTime(3_000)
    expect(renewed).toEqual(['h1 r1', 'h2 r1', 'h1 r1', 'h2 r1', 'h2 r1'])
    expect([leases.holds('h1'), leases.holds('h2')]).toEqual([false, true])
    leases.stop()
    vi.advanceTimersByTime(60_000)
    expect(renewed).toHaveLength(5)
    expect(vi.getTimerCount()).toBe(0)
  })
})
