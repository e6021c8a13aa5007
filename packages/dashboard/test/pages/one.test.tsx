import type { DrillView, HostView } from '@chaos-lite/shared/api'
import { describe, expect, it } from 'vitest'
import { aGoodStory, ends, injecting, opening } from '../../../shared/test/run/stories.ts'
import { anAskStep, anInjectStep, aPlan, RUN_ID, runOf, says, T0 } from '../../../shared/test/run/support.ts'
import { DrillPage } from '../../src/pages/drill/drill-page.tsx'
import { HostPage } from '../../src/pages/host/host-page.tsx'
import { LogInPage, NewPasswordPage, RunPage } from '../../src/pages/index.ts'
import { QuestionCard } from '../../src/pages/run/question-card.tsx'
import { RunBody } from '../../src/pages/run/run-body.tsx'
import { markupOf, textOf } from '../support/rendered.tsx'

const HOST_ID = `h-${'0'.repeat(23)}1`
const host: HostView = {
  ...{ hostId: HOST_ID, clientId: '01J0000000000000000000000A', name: 'erp-1', labels: { role: 'erp' } },
  ...{ proposedLabels: {}, state: 'approved', online: true, lastSeenMs: 1, enrolledMs: 1, inventory: null, offers: [] },
  ...{ busyRunId: null, unconfirmedRunId: null, clockBoundMs: null },
}

describe('the page of a host', () => {
  const shown = (changes: Partial<HostView> = {}, role: 'administrator' | 'viewer' = 'administrator') =>
    textOf(<HostPage />, {
      ...{ answers: [[['hosts', 'one', HOST_ID], { ...host, ...changes }]], role },
      ...{ at: `/hosts/${HOST_ID}`, path: '/hosts/:hostId' },
    })

  it('shows its name, its labels, and what an administrator can do', () => {
    expect(shown()).toMatch(/erp-1 .*Revoke.*role.*erp/)
    expect(shown({}, 'viewer')).not.toContain('Revoke')
    expect(shown({ state: 'revoked' })).toMatch(/erp-1 .*Revoked/)
  })

  it('says in so many words when a person must act', () => {
    const journal = { readable: false, open: 0, stuck: 0 }
    expect(shown({ inventory: { ...anInventory, journal } })).toContain('A person must act')
    const well = shown({ inventory: anInventory })
    expect(well).toContain('Debian 13')
    expect(well).toContain('192.0.2.4')
    expect(well).not.toContain('A person must act')
  })
})

const anInventory: NonNullable<HostView['inventory']> = {
  ...{ hostname: 'erp-1', os: 'Debian 13', platform: 'linux', kernel: '6.1', arch: 'x64', bootId: 'boot' },
  ...{ cpus: 2, memoryBytes: 2 ** 31, agentVersion: '0.1.0', addresses: ['192.0.2.4'], labels: {} },
  ...{ journal: { readable: true, open: 0, stuck: 0 }, policy: { present: true, digest: null, warnings: [] } },
}

const source = `drill: ask
version: 1
title: Ask the people
why: Can the release desk still sign off?
targets: {}
method:
  - ask: Can the release desk still sign off a work order?
    of: release-desk
    within: 10m
`
const drill: DrillView = {
  ...{ name: 'ask', version: 1, title: 'Ask the people', why: 'Can the release desk still sign off?' },
  ...{ kind: 'tabletop', digest: `sha256:${'0'.repeat(64)}`, source, params: [], mistakes: [] },
}

describe('the page of a drill', () => {
  const shown = (changes: Partial<DrillView> = {}) =>
    textOf(<DrillPage />, {
      answers: [[['drills', 'ask'], { ...drill, ...changes }]],
      ...{ at: '/drills/ask', path: '/drills/:name' },
    })

  it('shows its question, what it does, and its file', () => {
    const text = shown()
    expect(text).toMatch(/Ask the people Can the release desk still sign off\?/)
    expect(text).toContain('Can the release desk still sign off a work order?')
    expect(text).not.toContain('Cannot be planned')
  })

  it('with mistakes names them, and cannot be planned', () => {
    const text = shown({ mistakes: ['ask.yaml:2:10: expected a whole number'] })
    expect(text).toContain('Cannot be planned')
    expect(text).toContain('expected a whole number')
  })
})

describe('the pages before one is let in', () => {
  it('ask for the user and the password', () => {
    const markup = markupOf(<LogInPage />)
    expect(markup).toMatch(/<label[^>]*>User/)
    expect(markup).toMatch(/<label[^>]*>Password/)
    expect(markup).toMatch(/<button[^>]*type="submit"/)
  })

  it('say that the session has ended, where it has', () => {
    expect(textOf(<LogInPage />, { answers: [[['session', 'ended'], true]] })).toContain('Your session has ended')
    expect(textOf(<LogInPage />)).not.toContain('Your session has ended')
  })

  it('ask for a password of one’s own, twice', () => {
    const markup = markupOf(<NewPasswordPage user="ada" />)
    expect(markup).toContain('ada')
    expect(markup.match(/type="password"/g)).toHaveLength(3)
  })
})

const latest = new Map()
const clock = { nowMs: T0 + 400_000, boundMs: 0, lost: false } as unknown as Parameters<typeof RunBody>[0]['clock']

describe('the page of a run', () => {
  const plan = aPlan({ steps: [anInjectStep(), anAskStep()] })
  const asked = [
    ...opening(plan),
    ...injecting(),
    says(182_000, { type: 'step.started', stepId: 'ask-desk' }),
    says(182_001, {
      ...{ type: 'question.asked', stepId: 'ask-desk', of: 'release-desk', untilMs: T0 + 782_000 },
      text: 'Can the release desk still sign off a work order?',
    }),
  ]

  it('says what it waits for until the facts of the run are there', () => {
    const text = textOf(<RunPage />, { at: `/runs/${RUN_ID}`, path: '/runs/:runId' })
    expect(text).toMatch(/All runs Run Connecting to the controller/)
  })

  it('asks a person who may answer, and names who was asked', () => {
    const run = runOf(asked)
    const body = <RunBody runId={RUN_ID} run={run} facts={[]} latest={latest} clock={clock} />
    const text = textOf(body, { role: 'operator' })
    expect(text).toContain('Can the release desk still sign off a work order?')
    expect(text).toMatch(/Yes Partly No/)
    expect(textOf(body, { role: 'viewer' })).not.toMatch(/Yes Partly No/)
  })

  it('shows an answer with its author, and asks no more', () => {
    const run = runOf([
      ...asked,
      says(190_000, {
        ...{ type: 'question.answered', stepId: 'ask-desk', answer: 'partly', by: 'grace', note: 'By phone only.' },
      }),
    ])
    const question = run.questions[0]
    if (question === undefined) throw new Error('The run asked nothing.')
    const text = textOf(<QuestionCard question={question} run={run} runId={RUN_ID} nowMs={T0 + 200_000} />)
    expect(text).toMatch(/grace answered “ ?partly ?”.*By phone only\./)
    expect(text).not.toMatch(/Yes Partly No/)
  })

  it('of an ended run begins with the verdict', () => {
    const run = runOf([...aGoodStory(), ends(310_000, 'passed')])
    const markup = markupOf(<RunBody runId={RUN_ID} run={run} facts={[]} latest={latest} clock={clock} />)
    expect(markup).toContain('aria-label="Verdict"')
    expect(markup).toContain('Passed')
  })
})
