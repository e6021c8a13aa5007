import { describe, expect, test } from 'vitest'
import type { AgentEvent } from '../../src/run/event.ts'
import type { SayOptions } from '../../src/run/sentence.ts'
import { describeEvent, summarise } from '../../src/run/sentence.ts'
import {
  aGoodStory,
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
  anExerciseStep,
  anInjectStep,
  aPlan,
  changes,
  factOf,
  factsOf,
  type Line,
  reports,
  runOf,
  SRV,
  says,
  T0,
  WS,
} from './support.ts'

type Exercised = Extract<AgentEvent, { type: 'exercise.ended' }>

function sentence(story: readonly Line[], host = SRV, options: SayOptions = {}): string {
  return summarise(runOf(story), options).find((one) => one.hostId === host)?.sentence ?? ''
}

const instead = (end: Line) => [...opening(aPlan()), ...injecting(), ...reverting(end)]

describe('the one sentence per host', () => {
  test('says what happened, when it was rolled back, and what was compared', () => {
    expect(sentence(aGoodStory())).toBe(
      'SRV-04: nginx stopped 14:03 UTC, rolled back 14:05 UTC, 9 items compared, identical',
    )
  })

  test('writes its times as the reader wants them', () => {
    const own = { minute: () => 'at the seventh hour' }
    expect(sentence(aGoodStory(), SRV, own)).toMatch(/stopped at the seventh hour, rolled back at the seventh hour,/)
  })

  test('says that a time is rough where the clock of the host was not measured', () => {
    expect(sentence(without(aGoodStory(), 'clock.measured'))).toMatch(
      /nginx stopped about 14:03 UTC, rolled back about 14:05 UTC/,
    )
  })

  const endings: [string, Line[], string][] = [
    [
      'says that a change of somebody else was kept',
      instead(revertEnds(301_000, 'ours undone', { kept: ['10.0.0.9 printer'] })),
      'our part rolled back 14:05 UTC, 9 items compared, 1 change of somebody else kept',
    ],
    [
      'never calls unknown rolled back',
      instead(revertEnds(301_000, 'unknown')),
      'NOT KNOWN whether it is rolled back (last tried 14:05 UTC), 9 items compared',
    ],
    [
      'says what a person must do',
      instead(revertEnds(301_000, 'stuck', { byHand: 'systemctl start nginx\nthen look' })),
      'NOT ROLLED BACK, a person must act: systemctl start nginx then look',
    ],
    ['says that it is not rolled back yet', [...opening(aPlan()), ...injecting()], 'not rolled back yet'],
    ['says that it is being rolled back', without(aGoodStory(), 'revert.ended'), 'being rolled back'],
    [
      'says after the end that the end was not reported',
      [...without(aGoodStory(), 'revert.ended'), ends(310_000, 'failed')],
      'rolling back was started, its end was not reported',
    ],
    [
      'says after the end that nothing was reported',
      [...opening(aPlan()), ...injecting(), ends(310_000, 'failed')],
      'not reported yet whether it was rolled back',
    ],
  ]
  test.each(endings)('%s', (_name, story, ending) => {
    expect(sentence(story)).toBe(`SRV-04: nginx stopped 14:03 UTC, ${ending}`)
  })

  test('counts what is not as before', () => {
    const end = revertEnds(301_000, 'unknown')
    if (end.event.type !== 'revert.ended') throw new Error('the story changed')
    const compared = [{ item: 'mode', before: '0644', now: '0600', same: false }]
    expect(sentence(instead({ ...end, by: SRV, event: { ...end.event, compared } }))).toMatch(
      /1 item compared, 1 not as before$/,
    )
  })

  test('says that nothing was changed where the host refused', () => {
    const story = [...opening(aPlan()), ...injecting().slice(0, 2), refuses(180_050)]
    expect(sentence(story)).toBe('SRV-04: service.stop refused, nothing was changed')
  })

  test('says that a host given a command is silent', () => {
    expect(sentence([...opening(aPlan()), ...injecting().slice(0, 2)])).toBe(
      'SRV-04: service.stop was ordered, the host has not answered',
    )
  })

  test('does not say that nothing was changed on the word of an answer alone', () => {
    const story = [...opening(aPlan()), ...injecting().slice(0, 2), declined(180_050, 'timed-out')]
    expect(sentence(story)).toBe('SRV-04: service.stop was ordered, what came of it is not known')
  })

  test('says of a host that only watched what it saw', () => {
    expect(sentence(aGoodStory(), WS)).toBe('WS-01: watched only, saw down: erp-answers')
    expect(sentence(opening(aPlan()), WS)).toBe('WS-01: watched only, nothing was seen down')
  })

  test('describes a restore', () => {
    const event = {
      stepId: 'restore-docs',
      ok: true,
      reason: null,
      totalMs: 41_200,
      phases: [],
      items: 120,
      differences: [],
      dataAgeMs: null,
      canary: 'returned',
    } satisfies Omit<Exercised, 'type' | 'runId'>
    const story = [
      ...opening(aPlan({ steps: [anExerciseStep()] })),
      reports(200_000, SRV, { ...event, type: 'exercise.ended' }),
    ]
    expect(sentence(story)).toBe('SRV-04: restored in 41.2 s, 120 items restored, no differences')
  })

  const actions: [string, Parameters<typeof anInjectStep>[0], string][] = [
    [
      'hosts.override',
      { params: { entries: [{ name: 'erp.example.test', address: '192.0.2.9' }] } },
      'erp.example.test redirected',
    ],
    ['data.quarantine', { params: { folder: '/srv/share' } }, '/srv/share moved aside'],
    ['permission.revoke', { params: { path: '/srv/share' } }, 'access to /srv/share taken away'],
    ['membership.revoke', { params: { account: 'eva', group: 'admins' } }, 'eva taken out of admins'],
    ['toString', {}, 'toString started'],
    ['service.stop', { params: {}, hostParams: { [SRV]: { service: 'httpd' } } }, 'httpd stopped'],
    ['service.stop', { params: { service: 7 } }, 'a service stopped'],
  ]
  test.each(actions)('names the failure %s by what it did: %j', (action, step, words) => {
    const story = [...opening(aPlan({ steps: [anInjectStep({ action, ...step })] })), ...injecting()]
    expect(sentence(story)).toBe(`SRV-04: ${words} 14:03 UTC, not rolled back yet`)
  })
})

describe('the line of a timeline', () => {
  test('says the whole good run in the words of the screens', () => {
    const story = [...aGoodStory(), ends(310_000, 'passed')]
    const run = runOf(story)
    expect(factsOf(story).map((fact) => describeEvent(fact, run))).toMatchInlineSnapshot(`
      [
        "Planned by anna: Failover Friday",
        "Approved by berta",
        "Asking the hosts whether they are ready",
        "SRV-04 has its link",
        "WS-01 has its link",
        "Clock of SRV-04 measured, good to ± 2 ms",
        "Clock of WS-01 measured, good to ± 2 ms",
        "Running the health checks",
        "WS-01: erp-answers is passing",
        "Starting the failure",
        "Begun: failure stop-nginx (nginx stopped)",
        "SRV-04 accepted inject",
        "SRV-04: original saved and safety timer set (service.stop)",
        "SRV-04: starting the failure (service.stop)",
        "SRV-04: failure started: nginx stopped",
        "WS-01: erp-answers is failing",
        "Impact confirmed by erp-answers on WS-01: failure stop-nginx (nginx stopped)",
        "Done: failure stop-nginx (nginx stopped)",
        "The failure is in place",
        "Rolling back",
        "SRV-04: rolling back (nginx stopped): hold ended",
        "SRV-04: rolled back, identical (nginx stopped), 9 items compared",
        "WS-01: erp-answers is passing",
        "Running the health checks again",
        "Ended: passed; impact confirmed; hosts: identical",
      ]
    `)
  })

  const record = { stepId: 'stop-nginx', recordId: RECORD, action: 'service.stop' }
  const lines: [Line, string][] = [
    [
      reports(1, SRV, { ...record, type: 'inject.failed', reason: 'it hangs' }),
      'SRV-04: the failure could not be started (service.stop): it hangs',
    ],
    [
      reports(1, SRV, { ...record, type: 'effect.lost', reason: 'a timer' }),
      'SRV-04: the failure did not last (nginx stopped): a timer',
    ],
    [reports(1, SRV, { type: 'lease.lost' }), 'SRV-04: lease from the controller lost'],
    [
      reports(1, SRV, { type: 'agent.started', version: '0.1.0', openRecords: 1, journal: 'readable' }),
      'SRV-04: agent 0.1.0 started, 1 undo record open',
    ],
    [
      reports(1, SRV, { type: 'agent.started', version: '0.1.0', openRecords: 0, journal: 'unreadable' }),
      'SRV-04: agent 0.1.0 started, its journal CANNOT BE READ',
    ],
    [
      reports(1, SRV, { type: 'exercise.phase', stepId: 'x', phase: 'restore', tookMs: 1500 }),
      'SRV-04: restore took 1.5 s',
    ],
    [changes(WS, 'not evaluated', null, 5), 'WS-01: erp-answers could not be checked'],
    [revertEnds(5, 'stuck'), 'SRV-04: NOT ROLLED BACK, a person must act (nginx stopped), 9 items compared'],
    [
      says(1, {
        type: 'effect.missed',
        stepId: 'stop-nginx',
        probeId: 'erp-answers',
        hostIds: [WS],
        reason: 'still up',
      }),
      'Failure NOT confirmed by erp-answers on WS-01: still up',
    ],
    [
      says(1, { type: 'question.asked', stepId: 'a', text: 'Well?', of: 'desk', untilMs: 5 }),
      'Question to desk: Well?',
    ],
    [
      says(1, { type: 'question.answered', stepId: 'a', answer: 'no', by: 'carla', note: 'slow' }),
      'carla answered “no”: slow',
    ],
    [
      says(1, { type: 'alert.received', stepId: 'a', via: 'person', by: 'carla' }),
      'Alert received from carla (acknowledged by hand)',
    ],
    [
      says(1, { type: 'abort.requested', by: 'anna', cause: 'stop all', reason: 'enough' }),
      'Stop requested by anna (stop all): enough',
    ],
    [says(1, { type: 'host.offline', hostId: SRV }), 'SRV-04 lost its link'],
    [
      says(1, { type: 'observation.noted', by: 'carla', note: 'the printer blinked' }),
      'Observation by carla: the printer blinked',
    ],
    [says(1, { type: 'controller.restarted' }), 'The controller was restarted'],
  ]
  test.each(lines)('reads plainly: %j', (line, words) => {
    expect(describeEvent(factOf(line, 0), runOf(aGoodStory()))).toBe(words)
  })

  test('names a host by its id where the run does not know it', () => {
    const line = reports(1, 'h-0123456789abcdef01234567', { type: 'lease.lost' })
    expect(describeEvent(factOf(line, 0), runOf([]))).toBe('h-0123456789abcdef01234567: lease from the controller lost')
  })

  test('is never dated by the calendar clock of a host', () => {
    const run = runOf(withLines(aGoodStory()), { wallErrorMs: 3_600_000 })
    expect(summarise(run)[0]?.sentence).toMatch(/nginx stopped 14:03 UTC/)
    expect(T0).toBe(Date.parse('2026-01-02T14:00:00Z'))
  })
})
