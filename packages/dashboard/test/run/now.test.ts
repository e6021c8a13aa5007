import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening, reverting } from '../../../shared/test/run/stories.ts'
import { anAlertStep, anAskStep, anInjectStep, aPlan, runOf, says, T0 } from '../../../shared/test/run/support.ts'
import { activeOf } from '../../src/pages/run/model/active.ts'
import { stageOf } from '../../src/words/run-words.ts'

const plan = aPlan({ steps: [anInjectStep(), anAlertStep(), anAskStep()] })
const held = [...opening(plan), ...injecting()]

describe('what goes on now', () => {
  it('is nothing before the first step and after the end', () => {
    expect(activeOf(runOf(opening(plan)))).toEqual([])
    expect(activeOf(runOf([...aGoodStory(), ends(310_000, 'passed')]))).toEqual([])
  })

  it('is the failure, with how long it may stay', () => {
    const [active] = activeOf(runOf(held))
    expect(active).toMatchObject({ title: 'nginx stopped on SRV-04', limitMs: 900_000, tone: 'held' })
    expect(active?.sinceMs).toBeGreaterThan(T0 + 180_000)
  })

  it('is the start of the failure until the host says that it is in place', () => {
    const later = ['inject.injected', 'effect.seen', 'step.ended']
    const run = runOf(held.filter(({ event }) => !later.includes(event.type)))
    expect(activeOf(run)[0]).toMatchObject({ tone: 'starting', sinceMs: T0 + 180_010 })
  })

  it('is rolling back as soon as that has begun', () => {
    const story = [...held, ...reverting().slice(0, 2)]
    expect(activeOf(runOf(story))[0]).toMatchObject({ title: 'Rolling back: nginx stopped on SRV-04', tone: 'back' })
  })

  it('is also the alert and the question that people are waited for', () => {
    const run = runOf([
      ...held,
      says(181_000, { type: 'step.started', stepId: 'alert' }),
      says(182_000, { type: 'step.started', stepId: 'ask-desk' }),
    ])
    expect(activeOf(run).map((one) => [one.tone, one.limitMs])).toEqual([
      ['held', 900_000],
      ['people', 120_000],
      ['people', 600_000],
    ])
  })
})

describe('the stage that a person sees', () => {
  it('is in place once every failure begun is confirmed, though steps are still to come', () => {
    const run = runOf(held.filter(({ event }) => event.type !== 'phase.entered' || event.phase !== 'holding'))
    expect(run.phase).toBe('injecting')
    expect(stageOf(run)).toBe('holding')
  })

  it('is starting while a failure waits to be confirmed', () => {
    const run = runOf(held.filter(({ event }) => event.type !== 'effect.seen' && event.type !== 'phase.entered'))
    expect(stageOf({ ...run, phase: 'injecting' })).toBe('injecting')
  })
})
