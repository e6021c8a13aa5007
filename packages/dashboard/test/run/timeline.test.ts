import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening, revertEnds, reverting } from '../../../shared/test/run/stories.ts'
import { aPlan, changes, reports, runOf, SRV, says, T0, WS } from '../../../shared/test/run/support.ts'
import { failuresOf } from '../../src/pages/run/model/failures.ts'
import { stripOf } from '../../src/pages/run/model/strips.ts'
import { placeOf, timelineOf, windowOf } from '../../src/pages/run/model/timeline.ts'

const stages = (run: Parameters<typeof failuresOf>[0], nowMs: number) =>
  failuresOf(run, SRV, nowMs).flatMap((lane) => lane.stretches.map((one) => one.stage))

describe('the span of a failure', () => {
  it('goes from starting over in place and confirmed to rolling back, without a hole', () => {
    const run = runOf(aGoodStory())
    const [lane] = failuresOf(run, SRV, T0 + 400_000)
    expect(lane?.stretches.map((one) => one.stage)).toEqual(['starting', 'in place', 'confirmed', 'putting back'])
    for (const [n, one] of (lane?.stretches ?? []).entries()) {
      const next = lane?.stretches[n + 1]
      if (next) expect(one.toMs).toBe(next.fromMs)
    }
    expect(lane?.back).toMatchObject({ restoration: 'identical' })
    expect(lane?.words).toBe('nginx stopped')
  })

  it('grows with the time while it is in place', () => {
    const run = runOf([...opening(aPlan()), ...injecting()])
    const last = failuresOf(run, SRV, T0 + 200_000)[0]?.stretches.at(-1)
    expect(last).toMatchObject({ stage: 'confirmed', open: true, toMs: T0 + 200_000 })
  })

  it('is shown as left, never as back, when it could not be rolled back', () => {
    const story = [
      ...opening(aPlan()),
      ...injecting(),
      ...reverting(revertEnds(301_000, 'stuck', { byHand: 'Start nginx.' })),
    ]
    const run = runOf([...story, ends(400_000, 'failed')])
    const [lane] = failuresOf(run, SRV, T0 + 500_000)
    expect(lane?.stretches.at(-1)).toMatchObject({ stage: 'left', toMs: T0 + 400_000 })
    expect(lane?.back).toBeNull()
  })

  it('is there, empty, before it has begun', () => {
    expect(stages(runOf(opening(aPlan())), T0 + 2000)).toEqual([])
  })
})

describe('the strip of a probe', () => {
  const stripAt = (run: ReturnType<typeof runOf>, nowMs: number) => {
    const probe = run.probes[0]
    if (!probe) throw new Error('no probe')
    return stripOf(run, probe, nowMs)
  }

  it('shows between two samples that the change lies somewhere there', () => {
    const run = runOf([...opening(aPlan()), ...injecting()])
    const strip = stripAt(run, T0 + 200_000)
    expect(strip.pieces.map((one) => one.status)).toEqual(['up', 'changing', 'down'])
    const [up, changing, down] = strip.pieces
    expect(up?.toMs).toBe(changing?.fromMs)
    expect(changing?.toMs).toBe(down?.fromMs)
    expect((changing?.toMs ?? 0) - (changing?.fromMs ?? 0)).toBeGreaterThanOrEqual(1000)
  })

  it('grows while the run goes on, and stands still when it has ended', () => {
    const story = [...opening(aPlan()), ...injecting()]
    expect(stripAt(runOf(story), T0 + 250_000).pieces.at(-1)).toMatchObject({ open: true, toMs: T0 + 250_000 })
    const ended = runOf([...aGoodStory(), ends(310_000, 'passed')])
    expect(stripAt(ended, T0 + 999_000).pieces.at(-1)).toMatchObject({ open: false, toMs: T0 + 310_000 })
  })

  it('says nothing about the time in which its host had no link', () => {
    const run = runOf([...opening(aPlan()), says(60_000, { type: 'host.offline', hostId: WS })])
    const strip = stripAt(run, T0 + 90_000)
    expect(strip.status).toBe('unwatched')
    expect(strip.pieces.at(-2)).toMatchObject({ status: 'up', toMs: T0 + 60_000 })
  })

  it('is neither good nor bad for a probe that only confirms a failure', () => {
    const plan = aPlan({
      probes: [
        { probeId: 'moved', role: 'effect', probe: 'dns', hostIds: [WS], params: {}, everyMs: 1000, expect: null },
      ],
    })
    const [step] = plan.steps
    if (step?.kind !== 'inject') throw new Error('no inject')
    const own = { ...plan, steps: [{ ...step, effect: { probeId: 'moved', expect: 'up' as const } }] }
    const story = [
      says(0, { type: 'run.planned', plan: own, requestedBy: 'anna' }),
      changes(WS, 'down', null, 1000, 'moved'),
      changes(WS, 'up', 2000, 3000, 'moved'),
    ]
    expect(stripAt(runOf(story), T0 + 4000).pieces.map((one) => one.status)).toEqual(['not seen', 'changing', 'seen'])
  })

  it('shows that nobody looked while the agent was started anew', () => {
    const run = runOf([...opening(aPlan()), changes(WS, 'down', null, 9000)])
    expect(stripAt(run, T0 + 10_000).pieces.map((one) => one.status)).toEqual(['up', 'unwatched', 'down'])
  })

  it('is empty, and not green, before the first sample', () => {
    const run = runOf([says(0, { type: 'run.planned', plan: aPlan(), requestedBy: 'anna' })])
    expect(stripAt(run, T0 + 1000)).toMatchObject({ status: 'unwatched', pieces: [] })
  })
})

describe('the picture', () => {
  it('puts the hosts on which something is done first', () => {
    const plan = aPlan()
    const turned = { ...plan, hosts: plan.hosts.toReversed() }
    const { hosts } = timelineOf(runOf(opening(turned)), T0 + 2000)
    expect(hosts.map((host) => host.name)).toEqual(['SRV-04', 'WS-01'])
  })

  it('reaches from the first question to the hosts until the end', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'passed')])
    const { fromMs, toMs } = windowOf(run, T0 + 999_999, null)
    expect(fromMs).toBe(T0 + 20)
    expect(toMs).toBeGreaterThan(T0 + 310_000)
    expect(toMs).toBeLessThan(T0 + 330_000)
  })

  it('can be cut to the newest part', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'passed')])
    expect(windowOf(run, T0, 60_000).fromMs).toBe(T0 + 250_000)
  })

  it('keeps every instant inside', () => {
    const frame = { fromMs: 1000, toMs: 2000 }
    expect([500, 1000, 1500, 2000, 9000].map((ms) => placeOf(frame, ms))).toEqual([0, 0, 50, 100, 100])
  })

  it('marks a host without a link', () => {
    const run = runOf([
      ...opening(aPlan()),
      reports(1600, SRV, { type: 'lease.lost' }),
      says(1700, { type: 'host.offline', hostId: SRV }),
    ])
    expect(timelineOf(run, T0 + 2000).hosts[0]).toMatchObject({ name: 'SRV-04', online: false })
  })
})
