import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening, revertEnds, reverting } from '../../../shared/test/run/stories.ts'
import { anExerciseStep, anInjectStep, aPlan, runOf, SRV, says, T0 } from '../../../shared/test/run/support.ts'
import { outageSoFar } from '../../src/pages/run/model/outage.ts'
import { headlineAt } from '../../src/words/headline.ts'

const revertMs = 5000
const explanation = {
  hostId: SRV,
  touches: [],
  sentences: [],
  injectMs: 1000,
  revertMs,
  digest: `sha256:${'0'.repeat(64)}`,
}
const step = anInjectStep({ explanations: [explanation] })
const plan = aPlan({ steps: [step] })
const held = [...opening(plan), ...injecting()]
/** The timer that SRV-04 reports in these stories. */
const TIMER = T0 + 1_200_000
const backAt = (...story: Parameters<typeof runOf>[0]) => headlineAt(runOf(story), T0 + 200_000)

describe('when is it back', () => {
  it('cannot be said before a failure was started, but for how long it will stay at most', () => {
    expect(backAt(...opening(plan))).toMatchObject({ back: { state: 'not begun', atMostMs: 1_000_000 }, later: 1 })
  })

  it('is the end of the safety timer and of what restoring takes after it, by the controller’s clock', () => {
    const { back, timers, later } = backAt(...held)
    if (back.state !== 'by') throw new Error(back.state)
    // Placed by a clock that was measured to some milliseconds.
    expect(Math.abs(back.ms - TIMER - revertMs)).toBeLessThan(1000)
    expect(back.overdue).toBe(false)
    expect(timers).toMatchObject([{ host: 'SRV-04' }])
    expect(later).toBe(0)
  })

  it('is never a time when the host has not reported its timer', () => {
    const { back } = backAt(...held.filter(({ event }) => event.type !== 'inject.armed'))
    expect(back).toEqual({ state: 'not reported', hosts: ['SRV-04'] })
  })

  it('is overdue once that time has passed without a word of the host', () => {
    expect(headlineAt(runOf(held), TIMER + 60_000).back).toMatchObject({ state: 'by', overdue: true })
  })

  it('is never a time for a host that could not be restored, or of which nobody is sure', () => {
    for (const restoration of ['stuck', 'unknown'] as const) {
      const { back, timers } = backAt(...held, ...reverting(revertEnds(301_000, restoration)))
      expect(back).toEqual({ state: 'person', hosts: ['SRV-04'] })
      expect(timers).toEqual([])
    }
  })

  it('was when the last host reported that it is restored', () => {
    const { back } = backAt(...aGoodStory())
    if (back.state !== 'back') throw new Error(back.state)
    expect(Math.abs(back.ms - T0 - 301_000)).toBeLessThan(1000)
  })

  it('counts the failures that are still to come, and none after somebody stopped the run', () => {
    const two = aPlan({ steps: [step, anInjectStep({ stepId: 'stop-again' })] })
    const story = [...opening(two), ...injecting()]
    expect(backAt(...story)).toMatchObject({ back: { state: 'by' }, later: 1 })
    const stop = says(190_000, { type: 'abort.requested', by: 'anna', cause: 'person', reason: 'enough' })
    expect(backAt(...story, stop)).toMatchObject({ back: { state: 'by' }, later: 0 })
  })

  it('is no question where nothing is ever changed, and after a run that started nothing', () => {
    expect(backAt(...opening(aPlan({ steps: [anExerciseStep()] }))).back.state).toBe('nothing to restore')
    expect(backAt(...opening(plan), ends(2000, 'skipped')).back.state).toBe('nothing to restore')
  })

  it('still is one for a run that ended before a host had reported', () => {
    expect(backAt(...held, ends(190_000, 'aborted')).back).toMatchObject({ state: 'by', overdue: false })
  })
})

describe('the outage so far', () => {
  it('is none before a failure is in place, and grows from the first sample that saw it', () => {
    expect(outageSoFar(runOf(opening(plan)), T0 + 5000)).toBeNull()
    const at = (ms: number) => outageSoFar(runOf(held), T0 + ms)
    expect(at(200_000)?.open).toBe(true)
    expect((at(210_000)?.ms ?? 0) - (at(200_000)?.ms ?? 0)).toBe(10_000)
    expect(Math.abs((at(200_500)?.ms ?? 0) - 20_000)).toBeLessThan(1000)
  })

  it('stands still once the health checks pass again', () => {
    const at = (ms: number) => outageSoFar(runOf([...held, ...reverting()]), T0 + ms)
    expect(at(400_000)).toEqual(at(500_000))
    expect(at(400_000)?.open).toBe(false)
  })
})
