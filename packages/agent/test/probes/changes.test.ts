import type { ProbeStatus } from '@chaos-lite/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createChanges } from '../../src/probes/changes.ts'

/** Samples begin every 100 ms and take 10 ms. */
function replay(...statuses: ProbeStatus[]) {
  const changes = createChanges()
  return statuses.map((status, index) =>
    changes.add({ beganMonoMs: index * 100, endedMonoMs: index * 100 + 10, status, value: {}, message: null }),
  )
}

describe('changes of a probe', () => {
  it('report the first sample, with nothing before it', () => {
    expect(replay('up')[0]).toMatchObject({ status: 'up', lastOtherMonoMs: null, firstSeenMonoMs: 10 })
  })

  it('are bounded by the last sample of the old status that was begun, and the first of the new that was complete', () => {
    const all = replay('up', 'up', 'down')
    expect(all[1]).toBeNull()
    expect(all[2]).toMatchObject({ status: 'down', lastOtherMonoMs: 100, firstSeenMonoMs: 210 })
  })

  it('look past samples that saw nothing: the change may have come before them', () => {
    const all = replay('up', 'not evaluated', 'not evaluated', 'down')
    expect(all[1]).toMatchObject({ status: 'not evaluated', lastOtherMonoMs: 0, firstSeenMonoMs: 110 })
    expect(all[3]).toMatchObject({ status: 'down', lastOtherMonoMs: 0, firstSeenMonoMs: 310 })
  })

  it('have no lower bound while the opposite was never seen', () => {
    expect(replay('not evaluated', 'down')[1]).toMatchObject({ status: 'down', lastOtherMonoMs: null })
  })

  it('round outwards, so that the true instant stays inside', () => {
    const changes = createChanges()
    changes.add({ beganMonoMs: 1000.9, endedMonoMs: 1001.1, status: 'up', value: {}, message: null })
    const change = changes.add({ beganMonoMs: 1500.2, endedMonoMs: 1501.2, status: 'down', value: {}, message: null })
    expect(change).toMatchObject({ lastOtherMonoMs: 1000, firstSeenMonoMs: 1502 })
  })

  it('always enclose the instant at which the thing really changed', () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 400 })), {
      minLength: 2,
      maxLength: 50,
    })
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (gaps, fallsAt, when) => {
          const changes = createChanges()
          let nowMs = 0
          for (const [gapMs, tookMs] of gaps) {
            const beganMonoMs = nowMs + gapMs
            const endedMonoMs = beganMonoMs + tookMs
            nowMs = endedMonoMs
            // The probe looks at some instant between its beginning and its end.
            const lookedMs = beganMonoMs + when * tookMs
            const status = lookedMs < fallsAt ? 'up' : 'down'
            const change = changes.add({ beganMonoMs, endedMonoMs, status, value: {}, message: null })
            if (change?.status !== 'down' || change.lastOtherMonoMs === null) continue
            expect(change.lastOtherMonoMs).toBeLessThanOrEqual(fallsAt)
            expect(change.firstSeenMonoMs).toBeGreaterThanOrEqual(fallsAt)
          }
        },
      ),
    )
  })
})
