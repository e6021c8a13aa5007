import { describe, expect, test } from 'vitest'
import { aGoodStory, ends, injecting, opening, revertEnds } from '../../../shared/test/run/stories.ts'
import {
  anAlertStep,
  anAskStep,
  anInjectStep,
  aPlan,
  RUN_ID,
  runOf,
  says,
  T0,
} from '../../../shared/test/run/support.ts'
import { liveView } from '../../src/print/live-view.ts'
import { verdictPage } from '../../src/print/verdict.ts'
import { aTerminal } from '../support/a-terminal.ts'

const URL_ = 'https://chaos.example.test'
const people = aPlan({ steps: [anInjectStep(), anAlertStep(), anAskStep()] })
const waiting = [
  ...opening(people),
  ...injecting(),
  says(182_000, { type: 'step.ended', stepId: 'stop-nginx', ok: true, reason: null }),
  says(182_010, { type: 'step.started', stepId: 'alert' }),
  says(182_011, { type: 'alert.awaited', stepId: 'alert' }),
]
const acknowledge = `chaos-lite run acknowledge ${RUN_ID} alert`

describe('the closing summary of a run', () => {
  test('says where the record is', () => {
    const page = verdictPage(runOf([...aGoodStory(), ends(400_000, 'passed')]), aTerminal(), URL_)
    expect(page).toContain('PASSED')
    expect(page).toContain(`Record: ${URL_}/runs/${RUN_ID}, or chaos-lite run show ${RUN_ID} --json`)
    expect(page).not.toContain('person must')
  })

  test('says what a person must do, line by line', () => {
    const stuck = revertEnds(300_000, 'stuck', { byHand: 'Start nginx:\nsystemctl start nginx' })
    const page = verdictPage(runOf([...opening(aPlan()), ...injecting(), stuck, ends(400_000, 'failed')]), aTerminal())
    expect(page).toMatch(
      /SRV-04 is NOT rolled back\. A person must act.*\n {6}Start nginx:\n {6}systemctl start nginx\n/,
    )
    const silent = verdictPage(runOf([...opening(aPlan()), ...injecting(), ends(400_000, 'failed')]), aTerminal())
    expect(silent).toMatch(/SRV-04 has not reported yet.*chaos-lite-agent status/)
  })

  test('of a run under way shows how it stands, what it waits for, and how to follow it', () => {
    const page = verdictPage(runOf(waiting), aTerminal(), URL_)
    expect(page).toContain('UNDER WAY')
    expect(page).toContain(acknowledge)
    expect(page).toContain(`Follow it: chaos-lite run watch ${RUN_ID}`)
    expect(page).not.toContain('missed')
  })
})

describe('the live view', () => {
  const view = (story: Parameters<typeof runOf>[0], ms: number) => liveView(runOf(story), T0 + ms, aTerminal())

  test('shows how long a failure has been in place, until it is rolled back', () => {
    expect(view(waiting, 300_000)).toMatch(/✓ stop-nginx +in place for 1 min 59\.\d s|in place for 2 min/)
    const back = [...waiting, revertEnds(400_000)]
    expect(view(back, 500_000)).toMatch(/stop-nginx +600 ms \(at most 15 min\)/)
  })

  test('names the command that reports an alert, and the one that answers a question, while it is open', () => {
    expect(view(waiting, 200_000)).toContain(acknowledge)
    const asked = {
      type: 'question.asked',
      stepId: 'ask-desk',
      text: 'Works?',
      of: 'desk',
      untilMs: T0 + 900_000,
    } as const
    const next = [
      ...waiting,
      says(190_000, { type: 'step.ended', stepId: 'alert', ok: false, reason: 'too late' }),
      says(190_010, { type: 'step.started', stepId: 'ask-desk' }),
      says(190_020, asked),
    ]
    expect(view(next, 200_000)).not.toContain(acknowledge)
    expect(view(next, 200_000)).toContain(`chaos-lite run answer ${RUN_ID} ask-desk yes`)
  })
})
