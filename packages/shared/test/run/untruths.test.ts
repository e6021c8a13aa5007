import { describe, expect, test } from 'vitest'
import { hasBeenStuck, restorationOfHost } from '../../src/run/restoration.ts'
import { summarise } from '../../src/run/sentence.ts'
import { judge } from '../../src/run/verdict.ts'
import { aGoodStory, injecting, opening, RECORD, revertEnds, reverting, withLines, without } from './stories.ts'
import {
  anAlertStep,
  anAskStep,
  anInjectStep,
  aPlan,
  changes,
  type Line,
  monoAt,
  reports,
  runOf,
  SRV,
  says,
  T0,
  WS,
} from './support.ts'

const reasonsOf = (story: readonly Line[]) => judge(runOf(story)).reasons
const stopped = (ms: number) => says(ms, { type: 'abort.requested', by: 'anna', cause: 'person', reason: 'enough' })
const asked = says(181_000, {
  type: 'question.asked',
  stepId: 'ask-desk',
  text: 'Can the release desk still sign off a work order?',
  of: 'release-desk',
  untilMs: T0 + 250_000,
})
const awaited = says(181_000, { type: 'alert.awaited', stepId: 'alert' })

describe('a run that was stopped', () => {
  const questioned = (ms: number) => withLines(aGoodStory({ steps: [anInjectStep(), anAskStep()] }), asked, stopped(ms))
  const alerted = (ms: number) =>
    withLines(aGoodStory({ steps: [anInjectStep(), anAlertStep()] }), awaited, stopped(ms))

  test('does not blame who was asked seconds before', () => {
    const said = reasonsOf(questioned(184_000))
    expect(said).toContainEqual(
      expect.stringMatching(/was not answered by release-desk: the run was stopped before its time was over\.$/),
    )
    expect(said.join()).not.toContain('in time')
  })

  test('blames who had all the time', () => {
    expect(reasonsOf(questioned(260_000)).join()).toContain('was not answered by release-desk in time')
  })

  test('does not blame an alert that still had time', () => {
    expect(reasonsOf(alerted(184_000)).join()).toContain('did not come; the run was stopped before its time was over')
    expect(reasonsOf(alerted(302_500)).join()).toMatch(/The expected alert did not come within \d+ (min|s): /)
  })

  test('does not call a failure unseen that nobody had the time to see', () => {
    const story = withLines(without(aGoodStory(), 'effect.seen', 'step.ended'), stopped(181_000))
    expect(reasonsOf(story)).toContain('The failure stop-nginx was not confirmed before the run was stopped.')
  })

  test('does not say that an alert did not come which nobody waited for', () => {
    expect(reasonsOf(aGoodStory({ steps: [anInjectStep(), anAlertStep()] })).join()).toContain('was not waited for')
  })
})

describe('a health check, afterwards', () => {
  /** Down since the failure, and never reported as up again; the probe ended at this time. */
  const down = (endedMs: number | null) => {
    const ended = {
      type: 'probe.ended',
      probeId: 'erp-answers',
      samples: 9,
      up: 1,
      down: 8,
      notEvaluated: 0,
      lastStatus: 'down',
    } as const
    const story = [
      ...opening(aPlan()),
      ...injecting(),
      ...reverting().filter(({ event }) => event.type !== 'probe.changed'),
    ]
    return endedMs === null ? story : withLines(story, reports(endedMs, WS, ended))
  }

  test('failed when it was sampled after everything was rolled back', () => {
    expect(reasonsOf(down(330_000))).toContain('Afterwards: erp-answers on WS-01 failed.')
  })

  test('is not called broken when its probe ended before', () => {
    expect(reasonsOf(down(300_500))).toContain(
      'Afterwards: erp-answers on WS-01 was not checked any more after everything was rolled back; before that it failed.',
    )
  })

  test.each([
    ['ended before a sample that is certain to be fresh', down(301_400)],
    ['has not been heard of since', down(null)],
  ])('is not called broken when its probe %s', (_what, story) => {
    expect(reasonsOf(story)).toContain(
      'Afterwards: erp-answers on WS-01 failed when last heard of; it is not certain that this was after everything was rolled back.',
    )
  })

  test('failed when the change was seen after everything was rolled back', () => {
    const story = withLines(aGoodStory(), changes(WS, 'down', 303_000, 304_000))
    expect(reasonsOf(story).join()).toContain('erp-answers on WS-01 failed')
  })
})

describe('a host that was stuck before it came back', () => {
  const record = { stepId: 'stop-nginx', recordId: RECORD, action: 'service.stop' }
  const again = (ms: number, cause: 'by hand' | 'tried again') =>
    reports(ms, SRV, { ...record, type: 'revert.begun', cause, monoMs: monoAt(SRV, ms) })
  const repaired = (cause: 'by hand' | 'tried again', ms = 1_200_000) => [
    ...[...opening(aPlan()), ...injecting(), ...reverting(revertEnds(301_000, 'stuck', { byHand: 'start it' }))],
    ...[again(ms, cause), revertEnds(ms + 500)],
  ]
  const sentence = (story: readonly Line[]) => summarise(runOf(story)).find(({ hostId }) => hostId === SRV)?.sentence

  test('says so, and who brought it back when', () => {
    expect(sentence(repaired('by hand'))).toBe(
      'SRV-04: nginx stopped 14:03 UTC, stuck 14:05 UTC, then rolled back by hand, by a person on the host, 14:20 UTC, 9 items compared, identical',
    )
    expect(sentence(repaired('tried again'))).toContain('then rolled back when the agent tried again, 14:20 UTC')
  })

  test('says the day when it was another one', () => {
    expect(sentence(repaired('by hand', 86_400_000))).toContain('on the host, 2026-01-03 14:00:00 UTC')
  })

  test('is not listed like one that came back at once', () => {
    const run = runOf(repaired('by hand'))
    expect(run.restoration).toBe('identical')
    expect([hasBeenStuck(run), restorationOfHost(run, SRV).wasStuck]).toEqual([true, true])
    expect(reasonsOf(repaired('by hand')).join()).toContain('SRV-04 could not be rolled back at once')
    expect(hasBeenStuck(runOf(aGoodStory()))).toBe(false)
  })

  test('is not called back while it is stuck', () => {
    const run = runOf(repaired('by hand').slice(0, -1))
    expect(hasBeenStuck(run)).toBe(false)
    expect(sentence(repaired('by hand').slice(0, -1))).toContain('NOT ROLLED BACK')
  })
})
