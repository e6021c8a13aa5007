import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening } from '../../../shared/test/run/stories.ts'
import { anAlertStep, anInjectStep, aPlan, runOf, says, T0 } from '../../../shared/test/run/support.ts'
import { targetsOf } from '../../src/pages/run/model/targets.ts'

const withRecover = (withinMs: number) =>
  runOf([...aGoodStory({ objectives: { recover: { withinMs } } }), ends(310_000, 'passed')])
const recoverOf = (run: ReturnType<typeof runOf>) => targetsOf(run).find((one) => one.name === 'recover')

describe('measured times', () => {
  it('are met with their uncertainty, below the mark of the target', () => {
    const target = recoverOf(withRecover(60_000))
    expect(target).toMatchObject({ state: 'met', target: '1 min', words: 'Time to recover' })
    expect(target?.value).toMatch(/^\d+\.\d+ s ± \d+\.\d+ s$/)
    const bar = target?.bar
    expect(bar?.value).toBeLessThan(bar?.target ?? 0)
    expect(bar?.low).toBeLessThan(bar?.high ?? 0)
  })

  it('are missed beyond the mark, and the bar is still whole', () => {
    const { bar, state } = recoverOf(withRecover(100)) ?? {}
    expect(state).toBe('missed')
    expect(bar?.value).toBeGreaterThan(bar?.target ?? 1)
    expect(bar?.high).toBeLessThanOrEqual(1)
  })

  it('run from the moment they are measured from', () => {
    const plan = aPlan({
      steps: [anInjectStep(), anAlertStep()],
      objectives: { switch: { withinMs: 60_000 }, detect: { withinMs: 60_000 }, recover: { withinMs: 1 } },
    })
    const story = [...opening(plan), ...injecting()]
    const missed = says(301_000, { type: 'step.ended', stepId: 'alert', ok: false, reason: 'no alert came in time' })
    const over = targetsOf(runOf([...story, missed])).find((one) => one.name === 'detect')
    expect(over).toMatchObject({ state: 'waiting', runningSinceMs: null, how: 'Not measured: no alert came.' })
    const targets = targetsOf(runOf(story))
    const states = Object.fromEntries(targets.map((one) => [one.name, one.state]))
    expect(states).toMatchObject({ detect: 'running', switch: 'running', recover: 'waiting' })
    expect(targets.find((one) => one.name === 'detect')?.runningSinceMs).toBeGreaterThan(T0 + 180_000)
  })

  it('come with the targets first, then what was measured without one', () => {
    const names = targetsOf(withRecover(60_000)).map((one) => one.withinMs !== null)
    expect(names).toEqual([...names].sort((a, b) => Number(b) - Number(a)))
    expect(names[0]).toBe(true)
  })

  it('without a target have no bar', () => {
    const outage = targetsOf(withRecover(60_000)).find((one) => one.name === 'outage')
    expect(outage).toMatchObject({ state: 'information', bar: null })
  })
})
