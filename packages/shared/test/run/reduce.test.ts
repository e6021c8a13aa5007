import { describe, expect, test } from 'vitest'
import { restorationOfHost } from '../../src/run/restoration.ts'
import type { Run } from '../../src/run/run.ts'
import type { StepHost } from '../../src/run/run-step.ts'
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
  digest,
  hostId,
  type Line,
  reports,
  runOf,
  SRV,
  says,
  T0,
  ulid,
  WS,
} from './support.ts'

const record = { stepId: 'stop-nginx', recordId: RECORD, action: 'service.stop' }

function row(run: Run): StepHost {
  const found = run.steps[0]?.hosts[0]
  if (found === undefined) throw new Error('the run has no step')
  return found
}

describe('a run', () => {
  test('begins with its plan: every host, step, probe and alert, nothing begun', () => {
    const run = runOf([
      says(0, { type: 'run.planned', plan: aPlan({ steps: [anInjectStep(), anAlertStep()] }), requestedBy: 'anna' }),
    ])
    expect(run).toMatchObject({
      phase: 'planned',
      mode: 'live',
      requestedBy: 'anna',
      plannedMs: T0,
      outcome: null,
      effect: 'not seen',
    })
    expect(run.hosts.map((host) => host.name)).toStrictEqual(['SRV-04', 'WS-01'])
    expect(run.steps.map((step) => step.state)).toStrictEqual(['waiting', 'waiting'])
    expect(run.probes).toMatchObject([{ probeId: 'erp-answers', hostId: WS, status: null }])
    expect(run.alerts).toMatchObject([{ stepId: 'alert', received: null }])
  })

  test('goes through its phases, each at its time', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'passed')])
    expect(run.phases.map(({ phase }) => phase)).toStrictEqual([
      'planned',
      'approved',
      'preflight',
      'baseline',
      'injecting',
      'holding',
      'reverting',
      'verifying',
      'ended',
    ])
    expect(run).toMatchObject({ outcome: 'passed', endedMs: T0 + 310_000, anomalies: [] })
  })

  test('keeps an illegal phase as an anomaly, and its own phase', () => {
    const run = runOf([
      ...opening(aPlan()),
      says(2000, { type: 'phase.entered', phase: 'planned' }),
      says(2001, { type: 'phase.entered', phase: 'holding' }),
    ])
    expect(run.phase).toBe('baseline')
    expect(run.anomalies.map((one) => one.text)).toStrictEqual([
      'A run cannot go from baseline to planned.',
      'A run cannot go from baseline to holding.',
    ])
  })

  test('has one plan and keeps a second one out', () => {
    const run = runOf([
      ...opening(aPlan()),
      says(2000, { type: 'run.planned', plan: aPlan({ title: 'Another' }), requestedBy: 'eve' }),
    ])
    expect(run.plan?.title).toBe('Failover Friday')
    expect(run.anomalies[0]?.text).toMatch(/planned a second time/)
  })

  test('notices an approval of another plan', () => {
    const run = runOf([
      ...opening(aPlan()).slice(0, 1),
      says(5, { type: 'run.approved', by: 'eve', digest: digest(9) }),
    ])
    expect(run.anomalies[0]?.text).toBe('eve approved another plan than this one.')
  })

  test('keeps facts of another run out', () => {
    const other: Line = {
      ms: 5000,
      by: 'controller',
      event: { type: 'phase.entered', runId: ulid(99), phase: 'injecting' },
    }
    const run = runOf([...opening(aPlan()), other])
    expect(run.phase).toBe('baseline')
    expect(run.anomalies[0]?.text).toMatch(/A fact of another run/)
  })

  test('that the timetable wanted and nobody began needs no plan', () => {
    const slot = {
      clientId: ulid(3),
      scheduleId: ulid(4),
      schedule: 'quarterly',
      slotMs: T0,
      drill: 'failover',
      title: 'Failover',
    }
    const run = runOf([
      says(5, { type: 'run.slot', ...slot }),
      says(6, { type: 'run.slot', ...slot }),
      ends(10, 'missed'),
    ])
    expect(run).toMatchObject({ slot, outcome: 'missed', phase: 'ended', plan: null })
    expect(run.anomalies.length).toBe(1)
  })

  test('ends once', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'failed'), ends(311_000, 'passed')])
    expect(run).toMatchObject({ outcome: 'failed', endedMs: T0 + 310_000 })
    expect(run.anomalies[0]?.text).toBe('Came after the run had ended, and changes nothing: run.ended.')
  })

  test('does not mind receiving its last phase once more', () => {
    const run = runOf([
      ...aGoodStory(),
      ends(310_000, 'passed'),
      says(310_001, { type: 'phase.entered', phase: 'ended' }),
    ])
    expect(run.anomalies).toStrictEqual([])
  })
})

describe('a step on a host', () => {
  const story = [...opening(aPlan()), ...injecting(), ...reverting()]
  const until = (type: Line['event']['type']) =>
    row(runOf(story.slice(0, story.findLastIndex((line) => line.event.type === type) + 1)))
  const stages: [Line['event']['type'], StepHost['state'], StepHost['restoration']][] = [
    ['run.planned', 'waiting', 'not applicable'],
    ['step.started', 'started', 'pending'],
    ['command.answered', 'started', 'pending'],
    ['inject.armed', 'armed', 'pending'],
    ['inject.begun', 'armed', 'pending'],
    ['inject.injected', 'injected', 'pending'],
    ['effect.seen', 'effect seen', 'pending'],
    ['revert.begun', 'reverting', 'pending'],
    ['revert.ended', 'reverted', 'identical'],
  ]
  test.each(stages)('after %s is %s, its restoration %s', (type, state, restoration) => {
    expect(until(type)).toMatchObject({ state, restoration })
  })

  test.each(['unknown', 'stuck'] as const)('that ends %s is never called reverted', (restoration) => {
    const run = runOf([...opening(aPlan()), ...injecting(), ...reverting(revertEnds(301_000, restoration))])
    expect(row(run)).toMatchObject({ state: restoration, restoration })
    expect(run.restoration).toBe(restoration)
  })

  test('keeps what was compared, what was kept and what a person must do', () => {
    const run = runOf([
      ...opening(aPlan()),
      ...injecting(),
      ...reverting(revertEnds(301_000, 'stuck', { kept: ['theirs'], byHand: 'start nginx' })),
    ])
    const host = restorationOfHost(run, SRV)
    expect(host).toMatchObject({ restoration: 'stuck', kept: ['theirs'], byHand: ['start nginx'] })
    expect(host.compared.length).toBe(9)
  })

  test('that is reported as back twice, as after a crash between the deed and the word, keeps the first word', () => {
    const first = [...opening(aPlan()), ...injecting(), ...reverting(revertEnds(301_000))]
    const again = runOf([...first, revertEnds(400_000, 'identical', { kept: ['reported later'] })])
    expect(row(again)).toStrictEqual(row(runOf(first)))
  })

  test('that is stuck keeps the last word', () => {
    const first = revertEnds(301_000, 'stuck', { byHand: 'free some space' })
    const story = [...opening(aPlan()), ...injecting(), ...reverting(first)]
    expect(row(runOf([...story, revertEnds(400_000, 'stuck', { byHand: 'start nginx' })])).byHand).toBe('start nginx')
    expect(row(runOf([...story, revertEnds(400_000)])).restoration).toBe('identical')
  })

  test('gets a second row for a second record, so that the worse of the two shows', () => {
    const second = reports(200_000, SRV, { ...record, recordId: ulid(11), type: 'inject.armed', revertByWallMs: 0 })
    const run = runOf(withLines(aGoodStory(), second))
    expect(run.steps[0]?.hosts.map((one) => one.restoration)).toStrictEqual(['identical', 'pending'])
    expect(run.restoration).toBe('pending')
  })

  test('of a host that reports ever more records keeps four rows, and the rest as anomalies', () => {
    const many = Array.from({ length: 10 }, (_, n) =>
      reports(200_000 + n, SRV, { ...record, recordId: ulid(20 + n), type: 'inject.begun' }),
    )
    const run = runOf(withLines(aGoodStory(), ...many))
    expect(run.steps[0]?.hosts.length).toBe(4)
    expect(run.anomalies.length).toBe(7)
  })

  const ordered = () => [...opening(aPlan()), ...injecting().slice(0, 2)]

  test('that failed half-way is pending until it is rolled back', () => {
    const failed = reports(180_090, SRV, { ...record, type: 'inject.failed', reason: 'it hangs' })
    const run = runOf([...opening(aPlan()), ...injecting().slice(0, 5), failed])
    expect(row(run)).toMatchObject({ state: 'armed', failure: 'it hangs', restoration: 'pending' })
  })

  test('that failed was begun, even where the fact that it was begun could not be stored', () => {
    const failed = reports(180_090, SRV, { ...record, type: 'inject.failed', reason: 'the disk is full' })
    expect(row(runOf([...ordered(), refuses(180_050), failed])).restoration).toBe('pending')
  })

  test('that the agent refused left nothing changed, and is listed with its rule', () => {
    const run = runOf([...ordered(), refuses(180_060)])
    expect(row(run)).toMatchObject({ state: 'failed', order: 'refused', restoration: 'not applicable' })
    expect(run.refusals).toMatchObject([{ hostId: SRV, rule: 'actions', reason: 'Not allowed here.' }])
  })

  test('that the agent refused after arming left nothing changed: armed is not begun', () => {
    const story = [...opening(aPlan()), ...injecting().slice(0, 4), refuses(180_065)]
    expect(row(runOf(story))).toMatchObject({ state: 'failed', restoration: 'not applicable' })
  })

  test.each([
    ['the agent first', [refuses(180_060), declined(180_070)]],
    ['the answer first', [declined(180_060), refuses(180_070)]],
  ])('is listed once as refused, with its rule, where both agent and answer say so: %s', (_name, lines) => {
    expect(runOf([...ordered(), ...lines]).refusals).toMatchObject([{ rule: 'actions' }])
  })

  test('is believed about its facts whatever came over the link: refused, and yet begun, is pending', () => {
    const begun = reports(180_060, SRV, { ...record, type: 'inject.begun' })
    expect(row(runOf([...ordered(), declined(180_050, 'command-expired'), begun])).restoration).toBe('pending')
    expect(row(runOf([...ordered(), refuses(180_050), begun])).restoration).toBe('pending')
  })

  test('that was begun stays pending when its host closes the run', () => {
    expect(row(runOf([...opening(aPlan()), ...injecting(), closes(200_000)])).restoration).toBe('pending')
  })

  test('remembers why it was rolled back', () => {
    expect(row(runOf(aGoodStory())).cause).toBe('hold ended')
  })

  test('keeps the phases of an exercise as they come, and its result', () => {
    const phase = reports(190_000, SRV, { type: 'exercise.phase', stepId: 'restore-docs', phase: 'open', tookMs: 5 })
    const run = runOf([...opening(aPlan({ steps: [anExerciseStep()] })), phase])
    expect(row(run)).toMatchObject({
      phases: [{ phase: 'open', tookMs: 5 }],
      exercise: null,
      restoration: 'not applicable',
    })
  })
})

describe('the effect', () => {
  const seen = (stepId: string, ...hostIds: string[]) =>
    says(181_000, { type: 'effect.seen', stepId, probeId: 'erp-answers', hostIds })
  const missed = (...hostIds: string[]) =>
    says(181_000, { type: 'effect.missed', stepId: 'stop-nginx', probeId: 'erp-answers', hostIds, reason: 'still up' })
  const two = () => [...opening(aPlan({ steps: [anInjectStep(), anInjectStep({ stepId: 'second' })] })), ...injecting()]

  test('is proved only when every failure was seen', () => {
    expect(runOf(two()).effect).toBe('not seen')
    expect(runOf([...two(), seen('second', WS)]).effect).toBe('proved')
  })

  test('missed on one host is not made good by being seen on another', () => {
    expect(runOf([...aGoodStory(), missed(SRV), seen('stop-nginx', WS)]).effect).toBe('not seen')
  })

  test('missed on a host is made good by being seen there later', () => {
    expect(runOf([...aGoodStory(), missed(SRV), seen('stop-nginx', SRV)]).effect).toBe('proved')
  })

  test('missed on no host in particular stays missed', () => {
    expect(runOf([...aGoodStory(), missed(), seen('stop-nginx', WS)]).effect).toBe('not seen')
  })

  test('of something that is no failure is an anomaly', () => {
    const run = runOf([...opening(aPlan({ steps: [anAskStep()] })), seen('ask-desk', WS)])
    expect(run).toMatchObject({ effect: 'not applicable' })
    expect(run.anomalies.length).toBe(1)
  })
})

describe('a probe', () => {
  test('keeps every change with its value and its message', () => {
    const down = reports(180_500, WS, {
      type: 'probe.changed',
      probeId: 'erp-answers',
      status: 'down',
      value: { status: 502 },
      message: 'Bad gateway',
      lastOtherMonoMs: 1,
      firstSeenMonoMs: 2,
    })
    expect(runOf([...opening(aPlan()), down]).probes[0]?.transitions[1]).toMatchObject({
      status: 'down',
      value: { status: 502 },
      message: 'Bad gateway',
      restarted: false,
    })
  })

  test('that begins anew with another status changed somewhere since it was last heard of', () => {
    const { transitions } = runOf([...opening(aPlan()), changes(WS, 'down', null, 9000)]).probes[0] ?? {
      transitions: [],
    }
    expect(transitions[1]?.restarted).toBe(true)
    expect((transitions[1]?.at.lowMs ?? 0) - T0).toBeLessThanOrEqual(1510)
    expect((transitions[1]?.at.highMs ?? 0) - T0).toBeGreaterThanOrEqual(9000)
  })

  test('that begins anew with the same status has not changed', () => {
    expect(runOf([...opening(aPlan()), changes(WS, 'up', null, 9000)]).probes[0]?.transitions.length).toBe(1)
  })

  test('adds up the counts of all its starts', () => {
    const ended = (ms: number) =>
      reports(ms, WS, {
        type: 'probe.ended',
        probeId: 'erp-answers',
        samples: 10,
        up: 8,
        down: 2,
        notEvaluated: 0,
        lastStatus: 'up',
      })
    expect(runOf([...opening(aPlan()), ended(5000), ended(6000)]).probes[0]?.counts).toStrictEqual({
      samples: 20,
      up: 16,
      down: 4,
      notEvaluated: 0,
    })
  })
})

describe('people', () => {
  const asked = says(190_000, {
    type: 'question.asked',
    stepId: 'ask-desk',
    text: 'Can you?',
    of: 'release-desk',
    untilMs: T0 + 250_000,
  })
  const answer = (by: string, yes: boolean) =>
    says(200_000, { type: 'question.answered', stepId: 'ask-desk', answer: yes ? 'yes' : 'no', by, note: null })
  const story = (...lines: Line[]) => runOf([...opening(aPlan({ steps: [anAskStep(), anAlertStep()] })), ...lines])

  test('answer once: the first answer counts, a second is kept beside it', () => {
    const run = story(asked, answer('carla', false), answer('eve', true))
    expect(run.questions).toMatchObject([{ answer: { answer: 'no', by: 'carla', ms: T0 + 200_000 } }])
    expect(run.anomalies[0]?.text).toBe('eve answered ask-desk again: yes. The first answer counts.')
  })

  test('cannot answer what was not asked', () => {
    expect(story(answer('eve', true)).anomalies[0]?.text).toBe('eve answered ask-desk, which was not asked.')
  })

  test('acknowledge an alert once', () => {
    const alert = (ms: number, by: string) => says(ms, { type: 'alert.received', stepId: 'alert', via: 'person', by })
    expect(story(alert(5000, 'carla'), alert(6000, 'eve')).alerts[0]?.received).toStrictEqual({
      ms: T0 + 5000,
      via: 'person',
      by: 'carla',
    })
  })

  test('note what they see, after the end too', () => {
    const noted = says(400_000, { type: 'observation.noted', by: 'carla', note: 'the printer blinked' })
    expect(runOf([...aGoodStory(), ends(310_000, 'passed'), noted]).observations).toStrictEqual([
      { by: 'carla', note: 'the printer blinked', ms: T0 + 400_000 },
    ])
  })
})

describe('hosts', () => {
  test('come and go', () => {
    const run = runOf([...opening(aPlan()), says(5000, { type: 'host.offline', hostId: SRV })])
    expect(run.hosts.map((host) => host.online)).toStrictEqual([false, true])
    expect(run.hosts[0]?.sinceMs).toBe(T0 + 5000)
  })

  test('are counted when their agents start anew, and marked when they lose their lease', () => {
    const started = reports(5000, SRV, { type: 'agent.started', version: '0.1.0', openRecords: 1, journal: 'readable' })
    const run = runOf([...opening(aPlan()), started, reports(6000, SRV, { type: 'lease.lost' })])
    expect(run.hosts[0]).toMatchObject({ agentStarts: 1, leaseLost: { clock: 'measured' } })
  })

  test('that the plan does not have are kept as anomalies', () => {
    const run = runOf([
      ...opening(aPlan()),
      reports(5000, hostId(9), { type: 'lease.lost' }),
      says(5001, { type: 'host.online', hostId: hostId(9) }),
    ])
    expect(run.anomalies.map((one) => one.hostId)).toStrictEqual([hostId(9), hostId(9)])
  })

  test('show the worst of the run', () => {
    const plan = aPlan({ steps: [anInjectStep({ hostIds: [SRV, WS] })] })
    const other = reports(200_000, WS, { ...record, recordId: ulid(12), type: 'inject.begun' })
    const run = runOf(withLines([...opening(plan), ...injecting(), ...reverting()], other))
    expect(run.hosts.map((host) => host.restoration)).toStrictEqual(['identical', 'pending'])
    expect(run.restoration).toBe('pending')
  })
})

describe('what does not fit', () => {
  const misfits: [string, Line][] = [
    ['a step nobody planned', says(5000, { type: 'step.started', stepId: 'constructor' })],
    ['a record of a step nobody planned', reports(5000, SRV, { ...record, stepId: 'nowhere', type: 'inject.begun' })],
    ['a record on a host the step is not for', reports(5000, WS, { ...record, type: 'inject.begun' })],
    ['a probe nobody planned', changes(WS, 'up', null, 5000, 'toString')],
    ['a question nobody planned', says(5000, { type: 'question.asked', stepId: 'x', text: 'a', of: 'b', untilMs: 0 })],
    ['an alert nobody planned', says(5000, { type: 'alert.awaited', stepId: 'x' })],
    [
      'an answer of a host the step is not for',
      says(5000, {
        type: 'command.answered',
        stepId: 'stop-nginx',
        hostId: WS,
        command: 'inject',
        ok: true,
        code: null,
        reason: null,
      }),
    ],
  ]
  test.each(misfits)('is kept as an anomaly and changes nothing else: %s', (_name, line) => {
    const before = runOf(opening(aPlan()))
    const { anomalies, seen: _seen, lastMs: _lastMs, ...after } = runOf([...opening(aPlan()), line])
    expect(anomalies.length).toBe(1)
    expect(before).toMatchObject(after)
  })

  test('is bounded: two hundred are kept, the rest counted', () => {
    const many = Array.from({ length: 250 }, (_, n) => says(5000 + n, { type: 'step.started', stepId: 'nowhere' }))
    const run = runOf([...opening(aPlan()), ...many])
    expect(run.anomalies.length).toBe(200)
    expect(run.dropped).toBe(50)
  })

  test('is not the end of the story: without its end a run still stands', () => {
    expect(runOf(without(aGoodStory(), 'revert.ended', 'revert.begun')).restoration).toBe('pending')
  })
})
