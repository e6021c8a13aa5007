import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FactQuota } from '../../src/gateway/fact-quota.ts'
import { Leases } from '../../src/gateway/leases.ts'
import { Bucket } from '../../src/limits/bucket.ts'

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

describe('a bucket that gives credit', () => {
  test('owes what was spent beyond its burst, and is paid back at its rate', () => {
    const bucket = new Bucket({ perSecond: 10, burst: 100 }, 0)
    bucket.spend(100, 0)
    expect(bucket.debtMs(0)).toBe(0)
    bucket.spend(20, 0)
    expect([bucket.debtMs(0), bucket.debtMs(1_000), bucket.debtMs(2_000)]).toEqual([2_000, 1_000, 0])
  })

  test('however it is spent, never more than burst and rate goes through while nobody is in debt', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 100 }), (amounts) => {
        const bucket = new Bucket({ perSecond: 10, burst: 100 }, 0)
        let [nowMs, spent, largest] = [0, 0, 0]
        for (const amount of amounts) {
          nowMs += bucket.debtMs(nowMs)
          bucket.spend(amount, nowMs)
          spent += amount
          largest = Math.max(largest, amount)
        }
        expect(spent).toBeLessThanOrEqual(100 + nowMs / 100 + largest)
      }),
    )
  })
})

describe('the quota of facts', () => {
  const limits = { burstBytes: 1_000, bytesPerSecond: 100, linkBytes: 500, allBytes: 2_000_000 }

  test('leaves a host alone that keeps within it, and slows down only the one that does not', () => {
    const exceeded: string[] = []
    const quota = new FactQuota((hostId) => void exceeded.push(hostId), limits)
    quota.spend('quiet', 900, 0)
    quota.spend('loud', 1_500, 0)
    expect([quota.delayMs('quiet', 0), quota.delayMs('loud', 0)]).toEqual([0, 5_000])
    expect([quota.delayMs('loud', 0), quota.delayMs('loud', 4_000), quota.delayMs('loud', 5_000)]).toEqual([
      ...[5_000, 1_000, 0],
    ])
    // Told once, not with every frame.
    expect(exceeded).toEqual(['loud'])
  })

  test('reports again after an hour of it', () => {
    const exceeded: string[] = []
    const quota = new FactQuota((hostId) => void exceeded.push(hostId), limits)
    for (const nowMs of [0, 3_000_000, 3_600_000]) {
      quota.spend('loud', 1_000_000, nowMs)
      quota.delayMs('loud', nowMs)
    }
    expect(exceeded).toEqual(['loud', 'loud'])
  })

  test('bounds what waits in memory, of one link and of all of them', () => {
    const quota = new FactQuota(() => undefined, { ...limits, linkBytes: 1_500_000 })
    expect(quota.wait(1_200_000, 1_200_000)).toBe('room')
    expect(quota.wait(1_600_000, 1_600_000)).toBe('too much')
    quota.waited(1_600_000)
    // Together they are beyond the sum: the one that holds much goes, the one that holds little stays.
    expect(quota.wait(1_100_000, 1_100_000)).toBe('no room')
    expect(quota.wait(1_000, 1_000)).toBe('room')
    quota.waited(1_200_000)
    quota.waited(1_100_000)
    quota.waited(1_000)
    expect(quota.waitingBytes).toBe(0)
  })
})

describe('leases', () => {
  test('are granted for what is held, on the host on which it is held, and not once more after it was let go', () => {
    const leases = new Leases()
    leases.set('h1', 'r1', true)
    leases.set('h2', 'r1', true)
    leases.set('h2', 'r2', true)
    expect(leases.granted('h1', 'r1')).toBe(true)
    expect(leases.granted('h1', 'r2')).toBe(false)
    leases.set('h1', 'r1', false)
    expect([leases.granted('h1', 'r1'), leases.granted('h2', 'r1')]).toEqual([false, true])
    expect([leases.holds('h1'), leases.holds('h2')]).toEqual([false, true])
    leases.stop()
    expect(leases.granted('h2', 'r1')).toBe(false)
    expect(leases.holds('h2')).toBe(false)
  })
})
