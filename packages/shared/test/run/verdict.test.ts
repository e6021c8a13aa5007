import { describe, expect, test } from 'vitest'
import type { Plan } from '../../src/run/plan.ts'
import { judge, verdict } from '../../src/run/verdict.ts'
import {
  aGoodStory,
  closes,
  declined,
  ends,
  injecting,
  opening,
  RECORD,
  refuses,
  revertEnds,
  reverting,
  withLines,
  without,
} from './stories.ts'
import {
  anAlertStep,
  anAskStep,
  anExerciseStep,
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

const judged = (story: readonly Line[]) => judge(runOf(story))

function abort(ms: number, cause: 'person' | 'effect not seen' | 'abort condition' = 'person'): Line {
  return says(ms, { type: 'abort.requested', by: 'anna', cause, reason: 'the release desk called' })
}

const asked = says(190_000, {
  type: 'question.asked',
  stepId: 'ask-desk',
  text: 'Can you?',
  of: 'release-desk',
  untilMs: T0 + 250_000,
})
function answers(ms: number, answer: 'yes' | 'no' | 'partly'): Line {
  return says(ms, { type: 'question.answered', stepId: 'ask-desk', answer, by: 'carla', note: null })
}
const awaited = says(190_000, { type: 'alert.awaited', stepId: 'alert' })
function alerted(ms: number): Line {
  return says(ms, { type: 'alert.received', stepId: 'alert', via: 'webhook', by: 'zabbix' })
}
function exercised(ok: boolean, canary: 'returned' | 'missing' = 'returned'): Line {
  const reason = ok ? null : 'the repository is damaged'
  const phases = [{ phase: 'restore', tookMs: 40_000 }]
  const event = {
    stepId: 'restore-docs',
    ok,
    reason,
    totalMs: 41_200,
    phases,
    items: 120,
    differences: [],
    dataAgeMs: 3_600_000,
    canary,
  }
  return reports(200_000, SRV, { ...event, type: 'exercise.ended' })
}

describe('a drill passes', () => {
  test('when the failure was seen to bite, all came back, and the health checks pass again', () => {
    expect(judged(aGoodStory())).toStrictEqual({
      outcome: 'passed',
      effect: 'proved',
      restoration: 'identical',
      reasons: [],
    })
  })

  test('when every target time is met', () => {
    const story = aGoodStory({ objectives: { outage: { withinMs: 180_000 }, recover: { withinMs: 5000 } } })
    expect(judged(story).outcome).toBe('passed')
  })

  test('when only our part was undone, and says so', () => {
    const kept = ['10.0.0.9 printer']
    const story = [...opening(aPlan()), ...injecting(), ...reverting(revertEnds(301_000, 'ours undone', { kept }))]
    const { outcome, restoration, reasons } = judged(story)
    expect({ outcome, restoration }).toStrictEqual({ outcome: 'passed', restoration: 'ours undone' })
    expect(reasons).toStrictEqual([
      'SRV-04: somebody else changed the same thing meanwhile; our change was removed, theirs was kept.',
      'SRV-04, kept: 10.0.0.9 printer',
    ])
  })

  test('when it was simulated, and says that this is not evidence', () => {
    expect(judged(aGoodStory({ mode: 'simulated' }))).toMatchObject({
      outcome: 'passed',
      reasons: ['This run was simulated: it is not evidence.'],
    })
    expect(runOf(aGoodStory({ mode: 'simulated' })).mode).toBe('simulated')
  })

  test('when the question got the expected answer and the alert came in time', () => {
    const story = aGoodStory({ steps: [anInjectStep(), anAlertStep(), anAskStep()] })
    const run = withLines(story, asked, answers(200_000, 'yes'), awaited, alerted(200_000))
    expect(judged(run)).toMatchObject({ outcome: 'passed', reasons: [] })
  })
})

interface Case {
  readonly when: string
  readonly story: () => Line[]
  readonly says: RegExp
}

const withPlan = (changed: Partial<Plan>) => () => aGoodStory(changed)
const instead = (end: Line) => () => [...opening(aPlan()), ...injecting(), ...reverting(end)]

const failing: Case[] = [
  {
    when: 'nobody saw the failure bite',
    story: () => without(aGoodStory(), 'effect.seen'),
    says: /stop-nginx was not confirmed/,
  },
  {
    when: 'somebody else undid the failure during its hold, though it had been seen',
    story: () =>
      withLines(
        aGoodStory(),
        reports(200_000, SRV, {
          type: 'effect.lost',
          stepId: 'stop-nginx',
          recordId: RECORD,
          action: 'service.stop',
          reason: 'somebody else rolled it back during the hold',
        }),
      ),
    says: /stop-nginx did not last on SRV-04: somebody else rolled it back during the hold\. What was measured/,
  },
  {
    when: 'one of two failures was not seen',
    story: withPlan({ steps: [anInjectStep(), anInjectStep({ stepId: 'second' })] }),
    says: /The failure second was never started/,
  },
  {
    when: 'the effect was missed on one of its hosts',
    story: () =>
      withLines(
        aGoodStory(),
        says(180_700, {
          type: 'effect.missed',
          stepId: 'stop-nginx',
          probeId: 'erp-answers',
          hostIds: [SRV],
          reason: 'It still answered.',
        }),
      ),
    says: /stop-nginx was not confirmed.* It still answered\./,
  },
  {
    when: 'the controller stopped it because the failure was not seen',
    story: () => withLines(without(aGoodStory(), 'effect.seen'), abort(250_000, 'effect not seen')),
    says: /stop-nginx was not confirmed/,
  },
  {
    when: 'a host is stuck',
    story: instead(revertEnds(301_000, 'stuck', { byHand: 'start nginx' })),
    says: /SRV-04 could not roll everything back; a person/,
  },
  { when: 'a host cannot say', story: instead(revertEnds(301_000, 'unknown')), says: /SRV-04 cannot say whether/ },
  {
    when: 'a host has not reported',
    story: () => without(aGoodStory(), 'revert.ended'),
    says: /SRV-04 has not reported yet/,
  },
  {
    when: 'the health checks failed before',
    story: () => withLines(aGoodStory(), changes(WS, 'down', 1500, 2000)),
    says: /Before: erp-answers on WS-01 failed/,
  },
  {
    when: 'the health checks failed before, in the words of its probe',
    story: () =>
      withLines(aGoodStory(), changes(WS, 'down', 1500, 2000, 'erp-answers', 'status is 503, expected 200.')),
    says: /^Before: erp-answers on WS-01 failed: status is 503, expected 200\.$/m,
  },
  {
    when: 'the baseline was never taken',
    story: () => aGoodStory().filter((line) => line.ms !== 1000),
    says: /not run before/,
  },
  {
    when: 'a health check could not run before',
    story: () => without(aGoodStory(), 'probe.changed').concat(changes(WS, 'up', null, 310_000)),
    says: /Before: erp-answers on WS-01 was never checked/,
  },
  {
    when: 'the health checks fail afterwards',
    story: () => withLines(aGoodStory(), changes(WS, 'down', 302_000, 303_000)),
    says: /Afterwards: erp-answers on WS-01 failed/,
  },
  {
    when: 'a health check could not run afterwards',
    story: () => withLines(aGoodStory(), changes(WS, 'not evaluated', 302_000, 303_000)),
    says: /Afterwards: erp-answers on WS-01 could not be checked/,
  },
  {
    when: 'the host that looks has lost its link',
    story: () => withLines(aGoodStory(), says(303_000, { type: 'host.offline', hostId: WS })),
    says: /Afterwards: erp-answers on WS-01 passed when last heard of; the host has no link/,
  },
  {
    when: 'nobody verified',
    story: () => aGoodStory().filter((line) => line.ms !== 302_000),
    says: /not run after/,
  },
  {
    when: 'a target time was missed',
    story: withPlan({ objectives: { outage: { withinMs: 60_000 } } }),
    says: /Time without service: target 1 min, measured 12\d\.\d s ± /,
  },
  {
    when: 'a target time could not be measured',
    story: withPlan({ objectives: { detect: { withinMs: 60_000 } } }),
    says: /Time to detect: target 1 min, not measured\. No alert came\./,
  },
  {
    when: 'a target time is too close to call',
    story: withPlan({ objectives: { outage: { withinMs: 121_000 } } }),
    says: /Too close to 2 min 1 s to call it met/,
  },
  {
    when: 'a question was answered otherwise than expected',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAskStep()] }), asked, answers(200_000, 'no')),
    says: /answered “no” by carla; expected was “yes”/,
  },
  {
    when: 'a question was answered partly',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAskStep()] }), asked, answers(200_000, 'partly')),
    says: /answered “partly” by carla/,
  },
  {
    when: 'a question was missed',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAskStep({ expect: 'any' })] }), asked),
    says: /was not answered by release-desk in time/,
  },
  {
    when: 'a question was answered too late',
    story: () =>
      withLines(aGoodStory({ steps: [anInjectStep(), anAskStep({ expect: 'any' })] }), asked, answers(250_001, 'yes')),
    says: /answered too late by carla/,
  },
  {
    when: 'a question about the failure was answered after it had been rolled back',
    story: () =>
      withLines(
        aGoodStory({ steps: [anInjectStep(), anAskStep()] }),
        { ...asked, event: { ...asked.event, untilMs: T0 + 400_000 } } as Line,
        answers(300_500, 'yes'),
      ),
    says: /was answered by carla when the failure had been rolled back already/,
  },
  {
    when: 'a question was never asked',
    story: withPlan({ steps: [anInjectStep(), anAskStep()] }),
    says: /was never asked/,
  },
  {
    when: 'the alert did not come',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAlertStep()] }), awaited),
    says: /The expected alert did not come/,
  },
  {
    when: 'the alert was acknowledged before the failure had begun',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAlertStep()] }), alerted(1_000), awaited),
    says: /The expected alert was reported before stop-nginx had started its failure/,
  },
  {
    when: 'the alert came after the failure had been rolled back',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAlertStep()] }), awaited, alerted(300_500)),
    says: /The expected alert came when the failure had been rolled back already/,
  },
  {
    when: 'the alert came too late',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anAlertStep()] }), awaited, alerted(311_000)),
    says: /The expected alert came 1 s too late/,
  },
  {
    when: 'an exercise failed',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anExerciseStep()] }), exercised(false)),
    says: /restore-docs on SRV-04 failed: the repository is damaged/,
  },
  {
    when: 'the planted file was not restored',
    story: () => withLines(aGoodStory({ steps: [anInjectStep(), anExerciseStep()] }), exercised(true, 'missing')),
    says: /restore-docs on SRV-04 did not bring the planted file back/,
  },
  {
    when: 'an exercise did not end',
    story: withPlan({ steps: [anInjectStep(), anExerciseStep()] }),
    says: /restore-docs on SRV-04 did not come to an end/,
  },
  {
    when: 'a step failed',
    story: () =>
      without(aGoodStory(), 'step.ended').concat(
        says(310_000, { type: 'step.ended', stepId: 'stop-nginx', ok: false, reason: 'one host refused' }),
      ),
    says: /The step stop-nginx failed: one host refused/,
  },
]

test('a question that is asked when nothing fails any more is not about a failure', () => {
  const { stepId, text, of } = { stepId: 'ask-desk', text: 'Is all well again?', of: 'release-desk' }
  const later = says(301_500, { type: 'question.asked', stepId, text, of, untilMs: T0 + 400_000 })
  const story = withLines(aGoodStory({ steps: [anInjectStep(), anAskStep()] }), later, answers(301_600, 'yes'))
  expect(judged(story)).toMatchObject({ outcome: 'passed', reasons: [] })
})

describe('a drill fails, for a stated reason,', () => {
  test.each(failing)('when $when', ({ story, says: expected }) => {
    const { outcome, reasons } = judged(story())
    expect({ outcome, reasons: reasons.join('\n') }).toStrictEqual({
      outcome: 'failed',
      reasons: expect.stringMatching(expected),
    })
  })

  test('with every reason, not only the first', () => {
    const story = without(aGoodStory({ objectives: { detect: { withinMs: 1000 } } }), 'effect.seen', 'revert.ended')
    expect(judged(story).reasons.length).toBeGreaterThanOrEqual(3)
  })
})

describe('a run is aborted', () => {
  test('when somebody stopped it after something had been changed, even though all came back', () => {
    expect(judged(withLines(aGoodStory(), abort(250_000)))).toMatchObject({
      outcome: 'aborted',
      restoration: 'identical',
      reasons: ['Stopped (person) by anna: the release desk called'],
    })
  })

  test('when an abort condition came true', () => {
    expect(judged(withLines(aGoodStory(), abort(250_000, 'abort condition'))).outcome).toBe('aborted')
  })

  test('when it is not known whether the host was changed, because it was given the command and is silent', () => {
    const story = [...opening(aPlan()), ...injecting().slice(0, 2), abort(190_000)]
    expect(judged(story)).toMatchObject({ outcome: 'aborted', restoration: 'pending' })
  })
})

describe('a run is skipped', () => {
  const ordered = () => [...opening(aPlan()), ...injecting().slice(0, 2)]

  test('when nothing was changed, even though it was stopped', () => {
    const { outcome, reasons } = judged([...opening(aPlan()), abort(2000)])
    expect(outcome).toBe('skipped')
    expect(reasons).toStrictEqual(['Nothing was changed on any host.', 'Stopped by anna: the release desk called'])
  })

  test('when the host refused, with its words and its rule', () => {
    const run = judged([...ordered(), declined(180_050), refuses(180_060)])
    expect(run).toMatchObject({ outcome: 'skipped', restoration: 'not applicable' })
    expect(run.reasons).toContain('SRV-04 refused (policy-refused): Not allowed here. Rule: actions.')
  })

  test('with the reason of the refusal once, though the controller stopped the run for it', () => {
    const stop = { by: 'Chaos Lite', cause: 'inject failed', reason: 'SRV-04: Not allowed here.' } as const
    const run = judged([
      ...ordered(),
      declined(180_050),
      refuses(180_060),
      says(180_070, { type: 'abort.requested', ...stop }),
    ])
    expect(run.reasons).toStrictEqual([
      'Nothing was changed on any host.',
      'SRV-04 refused (policy-refused): Not allowed here. Rule: actions.',
    ])
  })

  test.each(['policy-refused', 'timed-out', 'host-offline', 'tool-failed'])(
    'but not on the word of an answer alone (%s): it may be lost, or be that of an inject that was begun',
    (code) => {
      expect(judged([...ordered(), declined(180_050, code)])).toMatchObject({
        outcome: 'failed',
        restoration: 'pending',
      })
    },
  )

  test('after a time-out, once the host has closed the run without having begun anything', () => {
    const story = [...ordered(), declined(180_050, 'timed-out'), closes(200_000)]
    expect(judged(story)).toMatchObject({ outcome: 'skipped', restoration: 'not applicable' })
  })

  test('when the health checks failed, so no failure was started', () => {
    const story = [
      ...opening(aPlan()),
      changes(WS, 'down', 1500, 2000),
      says(3000, { type: 'phase.entered', phase: 'verifying' }),
    ]
    expect(judged(story)).toMatchObject({ outcome: 'skipped' })
    expect(judged(story).reasons).toContain('erp-answers on WS-01 failed.')
  })

  test('when a host has no link', () => {
    const story = [...opening(aPlan()), says(2000, { type: 'host.offline', hostId: SRV })]
    expect(judged(story).reasons).toContain('SRV-04 had no link.')
  })
})

describe('a check, which changes nothing,', () => {
  const check: Partial<Plan> = {
    kind: 'check',
    steps: [anExerciseStep()],
    objectives: { restore: { withinMs: 60_000 } },
  }
  const whole = (plan: Partial<Plan>, ...lines: Line[]) => [
    ...opening(aPlan(plan)),
    says(180_000, { type: 'phase.entered', phase: 'injecting' }),
    ...lines,
    says(210_000, { type: 'phase.entered', phase: 'verifying' }),
  ]

  test('passes without any effect', () => {
    expect(judged(whole(check, exercised(true)))).toStrictEqual({
      outcome: 'passed',
      effect: 'not applicable',
      restoration: 'not applicable',
      reasons: [],
    })
  })

  test('fails when its exercise fails', () => {
    expect(judged(whole(check, exercised(false))).outcome).toBe('failed')
  })

  test('fails when its target time is missed', () => {
    const plan = { ...check, objectives: { restore: { withinMs: 30_000 } } }
    expect(judged(whole(plan, exercised(true))).reasons[0]).toMatch(
      /^Time to restore: target 30 s, measured 41\.200 s ± 0\.001 s\./,
    )
  })

  test('fails when what it checks fails', () => {
    expect(judged(whole({ kind: 'check', steps: [] }, changes(WS, 'down', 100_000, 179_000))).outcome).toBe('failed')
  })

  test('is skipped when it was stopped', () => {
    expect(judged([...opening(aPlan(check)), abort(2000)]).outcome).toBe('skipped')
  })

  test('is reported as failed where it did, though somebody stopped it then', () => {
    const { outcome, reasons } = judged(whole(check, exercised(false), abort(201_000)))
    expect(outcome).toBe('skipped')
    expect(reasons.join()).toContain('restore-docs on SRV-04 failed: the repository is damaged')
  })

  test('is judged by the first end of its exercise, not by one that is reported later', () => {
    const run = runOf(whole(check, exercised(false), exercised(true)))
    expect(judge(run).outcome).toBe('failed')
    expect(run.anomalies[0]?.text).toMatch(/was reported again. The first one counts/)
  })

  test('is skipped when it never began', () => {
    expect(judged(opening(aPlan(check)).slice(0, 4)).outcome).toBe('skipped')
  })
})

describe('a tabletop', () => {
  const plan: Partial<Plan> = { kind: 'tabletop', mode: 'tabletop', probes: [], steps: [anAskStep()] }
  const story = (...lines: Line[]) => [
    ...opening(aPlan(plan)).filter((line) => line.event.type !== 'probe.changed'),
    says(180_000, { type: 'phase.entered', phase: 'injecting' }),
    ...lines,
  ]

  test('passes when people answered as expected', () => {
    expect(judged(story(asked, answers(200_000, 'yes')))).toMatchObject({ outcome: 'passed', effect: 'not applicable' })
  })

  test('fails when nobody answered', () => {
    expect(judged(story(asked)).outcome).toBe('failed')
  })
})

describe('after the end, the verdict', () => {
  test('is what was recorded', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'missed', ['nobody was there'])])
    expect(verdict(run)).toMatchObject({ outcome: 'missed', reasons: ['nobody was there'] })
  })

  test('does not rise when a host reports late that it is back', () => {
    const story = [...without(aGoodStory(), 'revert.ended'), ends(310_000, 'failed'), revertEnds(400_000)]
    const run = runOf(story)
    expect(verdict(run)).toMatchObject({ outcome: 'failed', restoration: 'identical' })
    expect(run.late).toMatchObject([{ hostId: SRV, from: 'pending', to: 'identical' }])
    expect(run.late[0]?.note).toBe('SRV-04 reported after the run had ended: identical (was: pending).')
  })

  test('rises not from unknown either, though the host is known to be identical now', () => {
    const story = [
      ...opening(aPlan()),
      ...injecting(),
      ...reverting(revertEnds(301_000, 'unknown')),
      ends(310_000, 'failed'),
    ]
    expect(verdict(runOf(story))).toMatchObject({ outcome: 'failed', restoration: 'unknown' })
    expect(verdict(runOf([...story, revertEnds(400_000)]))).toMatchObject({
      outcome: 'failed',
      restoration: 'identical',
    })
  })

  test('falls when a passed run turns out to have left a host changed', () => {
    const run = runOf([
      ...aGoodStory(),
      ends(310_000, 'passed'),
      revertEnds(400_000, 'stuck', { byHand: 'start nginx' }),
    ])
    expect(verdict(run)).toMatchObject({ outcome: 'failed', restoration: 'stuck' })
    expect(run.reasons.at(-1)).toMatch(/Recorded as passed; then/)
  })

  test('is not moved by late changes of a probe', () => {
    const before = runOf([...aGoodStory(), ends(310_000, 'passed')])
    const after = runOf([...aGoodStory(), ends(310_000, 'passed'), changes(WS, 'down', 311_000, 312_000)])
    expect(after.objectives).toStrictEqual(before.objectives)
    expect(verdict(after)).toStrictEqual(verdict(before))
  })
})

test('a monotonic clock of a host reads what the story says', () => {
  expect(monoAt(SRV, 0)).toBe(1_010_000)
})
