import { describe, expect, test } from 'vitest'
import { awaitedWhileHeld } from '../../src/run/objectives/objectives.ts'
import type { ObjectiveResult, Run } from '../../src/run/run.ts'
import { aGoodStory, ends, injecting, opening, RECORD, revertEnds, reverting, withLines, without } from './stories.ts'
import {
  anAlertStep,
  anExerciseStep,
  anInjectStep,
  aPlan,
  aSteadyProbe,
  changes,
  type Line,
  monoAt,
  reports,
  runOf,
  SRV,
  says,
  WS,
} from './support.ts'

type Name = keyof Run['objectives']

function objective(name: Name, story: readonly Line[]): ObjectiveResult {
  return runOf(story).objectives[name]
}

const held = (...lines: Line[]) => withLines([...opening(aPlan()), ...injecting()], ...lines)

describe('the time without service', () => {
  test('is the sum of all that a host saw down, between samples', () => {
    // Down between 179.5 and 180.5 s, up between 300.5 and 301.5 s.
    const { measured, atLeast } = objective('outage', aGoodStory())
    expect(measured).toMatchObject({ valueMs: 121_000, lowMs: 119_986, highMs: 122_014 })
    expect(atLeast).toBe(false)
  })

  test('counts several outages together', () => {
    const story = withLines(aGoodStory(), changes(WS, 'up', 199_500, 200_500), changes(WS, 'down', 209_500, 210_500))
    const { measured, how } = objective('outage', story)
    expect(measured?.valueMs).toBe(111_000)
    expect(how).toBe('The time without service, all together: erp-answers on WS-01, down 2 times.')
  })

  test('is that of the host that had the longest', () => {
    const probes = [aSteadyProbe({ hostIds: [WS, SRV] })]
    const story = withLines(
      aGoodStory({ probes }),
      changes(SRV, 'up', null, 1500),
      changes(SRV, 'down', 180_000, 181_000),
      changes(SRV, 'up', 185_000, 186_000),
    )
    expect(objective('outage', story).how).toMatch(/WS-01/)
  })

  test('is at least so long while it is still going on', () => {
    const { measured, atLeast, how, met } = objective(
      'outage',
      held(says(200_000, { type: 'observation.noted', by: 'a', note: 'b' })),
    )
    expect({ atLeast, met }).toStrictEqual({ atLeast: true, met: null })
    expect(measured?.valueMs).toBe(20_000)
    expect(how).toMatch(/erp-answers on WS-01 was still failing when last seen\.$/)
  })

  test('is a missed target as soon as it is certainly longer, though it is still going on', () => {
    const story = aGoodStory({ objectives: { outage: { withinMs: 60_000 } } }).filter((line) => line.ms < 301_500)
    expect(objective('outage', story)).toMatchObject({ atLeast: true, met: false })
  })

  test('ends for an outage still open when its probe did', () => {
    const counts = { samples: 9, up: 1, down: 8, notEvaluated: 0, lastStatus: 'down' } as const
    const ended = reports(190_000, WS, { type: 'probe.ended', probeId: 'erp-answers', ...counts })
    const later = says(900_000, { type: 'observation.noted', by: 'a', note: 'b' })
    expect(objective('outage', held(ended, later)).measured?.valueMs).toBe(10_000)
  })

  test('is nothing, give or take the time between two samples, where nothing was seen down', () => {
    const story = aGoodStory().filter((line) => line.event.type !== 'probe.changed' || line.ms < 2000)
    expect(objective('outage', story).measured).toStrictEqual({ valueMs: 0, uMs: 1000, lowMs: 0, highMs: 1000 })
  })

  test('may or may not fill a stretch in which nobody could look', () => {
    const story = withLines(
      aGoodStory().filter((line) => line.event.type !== 'probe.changed' || line.ms < 2000),
      changes(WS, 'not evaluated', 199_000, 200_000),
      changes(WS, 'up', 209_000, 210_000),
    )
    const measured = objective('outage', story).measured
    expect(measured?.lowMs).toBe(0)
    expect(measured?.highMs).toBeGreaterThanOrEqual(11_000)
  })

  test('does not count what went down and came back before the failure was started', () => {
    const story = withLines(aGoodStory(), changes(WS, 'down', 2000, 3000), changes(WS, 'up', 9000, 10_000))
    expect(objective('outage', story).measured?.valueMs).toBe(121_000)
  })

  test('is not measured without a failure, or without anything that must work', () => {
    expect(objective('outage', opening(aPlan()))).toMatchObject({
      measured: null,
      how: 'Not measured: no failure was started.',
    })
    expect(
      objective(
        'outage',
        aGoodStory({ probes: [] }).filter((line) => line.event.type !== 'probe.changed'),
      ).measured,
    ).toBeNull()
  })

  test('is not measured where a probe changed more often than can be recorded', () => {
    const flapping = Array.from({ length: 1200 }, (_, n) =>
      changes(WS, n % 2 === 0 ? 'up' : 'down', 181_000 + n * 10, 181_005 + n * 10),
    )
    const run = runOf(held(...flapping))
    expect(run.probes[0]?.transitions.length).toBe(1000)
    expect(run.probes[0]?.dropped).toBe(202)
    expect(run.objectives.outage.how).toMatch(/changed more often than can be recorded/)
  })
})

describe('the time to detect', () => {
  const alert = (ms: number): Line =>
    says(ms, { type: 'alert.received', stepId: 'alert', via: 'webhook', by: 'zabbix' })
  const plan = { steps: [anInjectStep(), anAlertStep()] }

  test('runs from the start of the failure to the first alert', () => {
    const { measured, how } = objective('detect', withLines(aGoodStory(plan), alert(190_130)))
    expect(measured).toMatchObject({ valueMs: 10_000 })
    expect(how).toBe('From the start of the first failure to the first alert, from the monitoring system (zabbix).')
  })

  test('is not that of an alert which came before the failure', () => {
    expect(objective('detect', withLines(aGoodStory(plan), alert(100_000))).measured).toBeNull()
  })

  test('is not measured when no alert came', () => {
    expect(objective('detect', aGoodStory(plan)).how).toBe('Not measured: no alert came.')
  })
})

describe('the time to switch over', () => {
  test('runs from the loss of the service to the first good answer while the failure is in place', () => {
    const { measured, how } = objective('switch', held(changes(WS, 'up', 189_500, 190_500)))
    expect(measured?.valueMs).toBe(10_000)
    expect(how).toBe('From the loss of the service to the first good answer: erp-answers on WS-01.')
  })

  test('is not measured by a service that comes back only because the failure was rolled back', () => {
    expect(objective('switch', aGoodStory())).toMatchObject({
      measured: null,
      how: 'Not measured: erp-answers on WS-01 had no good answer while the failure was in place.',
    })
  })

  test('is not measured yet while the service is lost', () => {
    expect(objective('switch', held()).how).toMatch(/has no good answer yet/)
  })

  test('is nothing, give or take a sample, where the failure was confirmed and the service never seen lost', () => {
    const story = aGoodStory().filter((line) => line.event.type !== 'probe.changed' || line.ms < 2000)
    expect(objective('switch', story).measured).toStrictEqual({ valueMs: 0, uMs: 1000, lowMs: 0, highMs: 1000 })
  })

  test('is not called nothing where the failure was never confirmed', () => {
    const story = without(aGoodStory(), 'effect.seen').filter(
      (line) => line.event.type !== 'probe.changed' || line.ms < 2000,
    )
    expect(objective('switch', story).how).toBe('Not measured: the failure was never seen to take hold.')
  })
})

describe('the time to recover', () => {
  test('runs from the start of rolling back until all health checks pass again', () => {
    const { measured, how } = objective('recover', aGoodStory())
    expect(measured?.valueMs).toBe(990)
    expect(how).toBe('From the start of rolling back until all health checks pass again: erp-answers on WS-01.')
  })

  test('counts what fell again, and came back, after the rolling back had begun', () => {
    const story = withLines(aGoodStory(), changes(WS, 'down', 303_000, 304_000), changes(WS, 'up', 309_000, 310_000))
    expect(objective('recover', story).measured?.valueMs).toBe(9490)
  })

  test('is at least so long while something is still down', () => {
    const story = [
      ...aGoodStory().filter((line) => line.ms !== 301_500),
      says(320_000, { type: 'observation.noted', by: 'a', note: 'b' }),
    ]
    const { measured, atLeast, how } = objective('recover', story)
    expect({ atLeast, how }).toStrictEqual({
      atLeast: true,
      how: 'erp-answers on WS-01 was still failing when last seen.',
    })
    expect(measured?.valueMs).toBe(19_990)
  })

  test('is nothing, give or take a sample, where all worked throughout', () => {
    const story = withLines(aGoodStory(), changes(WS, 'up', 189_500, 190_500)).filter((line) => line.ms !== 301_500)
    expect(objective('recover', story).measured).toMatchObject({ valueMs: 0, highMs: 1000 })
  })

  test('is not measured before anything is rolled back', () => {
    expect(objective('recover', held()).how).toBe('Not measured: nothing was rolled back so far.')
  })

  test('is not measured before all is rolled back', () => {
    const begun = reports(300_020, SRV, {
      stepId: 'stop-nginx',
      recordId: RECORD,
      action: 'service.stop',
      type: 'revert.begun',
      cause: 'abort',
      monoMs: monoAt(SRV, 300_010),
    })
    expect(objective('recover', held(changes(WS, 'up', 189_500, 190_500), begun)).how).toMatch(
      /still being rolled back/,
    )
  })
})

describe('the time to restore, and the age of the data', () => {
  const plan = aPlan({
    kind: 'check',
    steps: [anExerciseStep()],
    objectives: { restore: { withinMs: 60_000 }, dataAge: { withinMs: 3_600_000 } },
  })
  function story(ok: boolean, dataAgeMs: number | null): Line[] {
    const result = {
      stepId: 'restore-docs',
      ok,
      reason: null,
      totalMs: 41_200,
      phases: [],
      items: 120,
      differences: [],
      dataAgeMs,
      canary: 'returned' as const,
    }
    return [...opening(plan), reports(200_000, SRV, { ...result, type: 'exercise.ended' })]
  }

  test('are what the exercise measured', () => {
    expect(objective('restore', story(true, 3_600_000))).toMatchObject({
      measured: { valueMs: 41_200, uMs: 1 },
      met: true,
    })
    expect(objective('dataAge', story(true, 3_600_000))).toMatchObject({
      measured: { valueMs: 3_600_000, uMs: 0 },
      met: true,
    })
  })

  test('miss a target by one millisecond', () => {
    expect(objective('dataAge', story(true, 3_600_001)).met).toBe(false)
  })

  test('mean nothing when the exercise failed', () => {
    expect(objective('restore', story(false, 1))).toMatchObject({
      measured: null,
      how: 'Not measured: the exercise on SRV-04 failed.',
    })
  })

  test('are waited for until the exercise has ended, and not when it ended without a value', () => {
    const end = says(201_000, { type: 'step.ended', stepId: 'restore-docs', ok: false, reason: 'damaged' })
    expect(awaitedWhileHeld(runOf(opening(plan)))).toStrictEqual(['restore', 'dataAge'])
    expect(awaitedWhileHeld(runOf([...story(false, 1), end]))).toStrictEqual([])
  })

  test('are not measured before the exercise has ended', () => {
    expect(objective('restore', opening(plan)).how).toMatch(/did not report an end/)
  })

  test('know an age that is not known', () => {
    expect(objective('dataAge', story(true, null)).how).toMatch(/age of the restored data on SRV-04 is not known/)
  })
})

describe('a target', () => {
  test('is met only when value + U is within it', () => {
    const met = (withinMs: number) => objective('outage', aGoodStory({ objectives: { outage: { withinMs } } })).met
    const { valueMs = 0, uMs = 0 } = objective('outage', aGoodStory()).measured ?? {}
    expect([met(valueMs + uMs), met(valueMs + uMs - 1), met(valueMs)]).toStrictEqual([true, false, false])
  })

  test('that the drill does not set is neither met nor missed', () => {
    expect(objective('outage', aGoodStory())).toMatchObject({ withinMs: null, met: null })
  })

  test('keeps its value from the end of the run on', () => {
    const before = runOf([...aGoodStory(), ends(310_000, 'passed')]).objectives
    const after = runOf([...aGoodStory(), ends(310_000, 'passed'), revertEnds(400_000)]).objectives
    expect(after).toStrictEqual(before)
  })

  test('that can be measured while the failure is in place is waited for by a drill that releases early', () => {
    const objectives = { switch: { withinMs: 60_000 }, detect: { withinMs: 60_000 }, recover: { withinMs: 60_000 } }
    const story = [...opening(aPlan({ objectives, steps: [anInjectStep(), anAlertStep()] })), ...injecting()]
    expect(awaitedWhileHeld(runOf(story))).toStrictEqual(['detect', 'switch'])
    const switched = changes(WS, 'up', 189_500, 190_500)
    expect(awaitedWhileHeld(runOf([...story, switched]))).toStrictEqual(['detect'])
    const missed = says(250_000, { type: 'step.ended', stepId: 'alert', ok: false, reason: 'no alert came in time' })
    expect(awaitedWhileHeld(runOf([...story, switched, missed]))).toStrictEqual([])
  })

  test('of recovering counts the slowest host even when it is reported by another start of its agent', () => {
    const story = [
      ...opening(aPlan()),
      ...injecting(),
      ...reverting().filter((line) => line.ms !== 301_500),
      changes(WS, 'up', null, 305_000),
    ]
    const { measured } = objective('recover', story)
    expect(measured?.highMs).toBeGreaterThanOrEqual(4990)
    expect(measured?.lowMs).toBe(0)
  })
})
