import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening } from '../../../shared/test/run/stories.ts'
import { anAlertStep, anAskStep, anInjectStep, aPlan, runOf, says } from '../../../shared/test/run/support.ts'
import { alertMayBeLate, involvesPeople, uncountedMessage, waitsForPeople } from '../../src/pages/run/model/people.ts'

const plan = aPlan({ steps: [anInjectStep(), anAlertStep(), anAskStep()] })
const held = [...opening(plan), ...injecting()]
const alertBegun = [...held, says(181_000, { type: 'step.started', stepId: 'alert' })]
const awaited = [...alertBegun, says(181_010, { type: 'alert.awaited', stepId: 'alert' })]

describe('whether people are waited for', () => {
  it('is so from the moment their card can be shown, not from the beginning of the step', () => {
    expect([involvesPeople(runOf(alertBegun)), waitsForPeople(runOf(alertBegun))]).toEqual([false, false])
    expect([involvesPeople(runOf(awaited)), waitsForPeople(runOf(awaited))]).toEqual([true, true])
  })

  it('is over once the alert has come or its time is up', () => {
    const came = says(182_000, { type: 'alert.received', stepId: 'alert', via: 'person', by: 'admin' })
    const late = says(301_000, { type: 'step.ended', stepId: 'alert', ok: false, reason: 'no alert in time' })
    for (const end of [came, late]) {
      const run = runOf([...awaited, end])
      expect([involvesPeople(run), waitsForPeople(run)]).toEqual([true, false])
    }
  })

  it('leaves a missed alert to be reported late until its failure is rolled back', () => {
    const late = says(301_000, { type: 'step.ended', stepId: 'alert', ok: false, reason: 'no alert in time' })
    const mayBe = (...more: typeof awaited) => {
      const run = runOf([...awaited, ...more])
      return run.alerts.map((alert) => alertMayBeLate(run, alert))
    }
    expect(mayBe()).toEqual([false])
    expect(mayBe(late)).toEqual([true])
    expect(mayBe(late, says(302_000, { type: 'phase.entered', phase: 'reverting' }))).toEqual([false])
    const came = says(302_000, { type: 'alert.received', stepId: 'alert', via: 'person', by: 'admin' })
    expect(mayBe(late, came)).toEqual([false])
  })

  it('is not so once the run has ended', () => {
    expect(waitsForPeople(runOf([...aGoodStory(), ends(310_000, 'passed')]))).toBe(false)
    expect(waitsForPeople(runOf([...awaited, ends(310_000, 'aborted')]))).toBe(false)
  })
})

describe('a message that did not count', () => {
  const noted = (note: string, by = 'alert address') => says(182_000, { type: 'observation.noted', note, by })

  it('is shown beside the alert that is waited for: the newest one', () => {
    expect(uncountedMessage(runOf(awaited))).toBeNull()
    const run = runOf([...awaited, noted('first'), noted('second'), noted('mine', 'alice')])
    expect(uncountedMessage(run)).toBe('second')
  })

  it('is not shown once the alert has come', () => {
    const came = says(183_000, { type: 'alert.received', stepId: 'alert', via: 'webhook', by: 'Zabbix' })
    const text = noted('The alert from Zabbix: “ERP”')
    expect(uncountedMessage(runOf([...awaited, text]))).toBeNull()
    expect(uncountedMessage(runOf([...awaited, noted('first'), came, text]))).toBeNull()
  })
})
