import { describe, expect, it } from 'vitest'
import { ends, injecting, opening, reverting } from '../../../shared/test/run/stories.ts'
import {
  anAlertStep,
  anAskStep,
  anInjectStep,
  aPlan,
  factsOf,
  type Line,
  runOf,
  says,
  T0,
} from '../../../shared/test/run/support.ts'
import { logOf } from '../../src/pages/run/model/log.ts'
import { alertReply, questionReply } from '../../src/pages/run/model/replies.ts'

const plan = aPlan({ steps: [anInjectStep(), anAlertStep(), anAskStep()] })
const held = [...opening(plan), ...injecting()]
const awaited = says(181_000, { type: 'step.started', stepId: 'alert' })
const comes = (ms: number) => says(ms, { type: 'alert.received', stepId: 'alert', via: 'webhook', by: 'kuma' })
const stops = (ms: number, stepId: string, ok = false) =>
  says(ms, { type: 'step.ended', stepId, ok, reason: ok ? null : 'Nobody said anything.' })

/** The alert may take 2 min and is awaited from 181 s on. */
function alertOf(...lines: Line[]) {
  const run = runOf([...held, awaited, says(181_001, { type: 'alert.awaited', stepId: 'alert' }), ...lines])
  const alert = run.alerts[0]
  if (!alert) throw new Error('There is no alert.')
  return { run, at: (ms: number) => alertReply(run, alert, T0 + ms) }
}

/** The question may take 10 min and is asked at 182 s. */
function questionOf(...lines: Line[]) {
  const asks = { stepId: 'ask-desk', text: 'Can it?', of: 'release-desk', untilMs: T0 + 782_000 }
  const begun = [says(182_000, { type: 'step.started', stepId: 'ask-desk' })]
  const run = runOf([...held, ...begun, says(182_000, { type: 'question.asked', ...asks }), ...lines])
  const question = run.questions[0]
  if (!question) throw new Error('There is no question.')
  return { at: (ms: number) => questionReply(run, question, T0 + ms) }
}

const answers = (ms: number, answer: 'yes' | 'no' | 'partly') =>
  says(ms, { type: 'question.answered', stepId: 'ask-desk', answer, by: 'carla', note: null })

describe('an expected alert', () => {
  it('is waited for, with how long it has been and may be', () => {
    expect(alertOf().at(191_500)).toMatchObject({ tone: 'open', figures: '10 s of 2 min' })
  })

  it('is good only when it came in time', () => {
    expect(alertOf(comes(200_000)).at(210_000)).toMatchObject({ tone: 'good', atMs: T0 + 200_000 })
  })

  it('is bad when it is late, with the figures', () => {
    const reply = alertOf(stops(301_000, 'alert'), comes(321_000)).at(330_000)
    expect(reply.tone).toBe('bad')
    expect(reply.figures).toMatch(/^20 s late: after 2 min 20 s, expected within 2 min$/)
  })

  it('is bad from the instant on at which its time is over, and when it never came', () => {
    for (const { at } of [alertOf(), alertOf(stops(301_000, 'alert')), alertOf(ends(400_000, 'failed'))])
      expect(at(500_000)).toMatchObject({ tone: 'bad', figures: 'not within 2 min' })
  })

  it('is nobody’s fault when the run ended before its time was over', () => {
    expect(alertOf(ends(193_000, 'aborted')).at(500_000)).toMatchObject({ tone: 'quiet', figures: '12 s of 2 min' })
  })

  it('is bad when it came after its failure was over', () => {
    const { at } = alertOf(...reverting(), comes(300_500))
    expect(at(310_000)).toMatchObject({ tone: 'bad', figures: expect.stringContaining('over already') })
  })

  it('is shown in the log as on its card', () => {
    const story = (ms: number) => [
      ...held,
      awaited,
      says(181_001, { type: 'alert.awaited', stepId: 'alert' }),
      comes(ms),
    ]
    const toneAt = (ms: number) =>
      logOf(runOf(story(ms)), factsOf(story(ms))).find((row) => row.ms === T0 + ms && /alert/i.test(row.text))?.tone
    expect(toneAt(200_000)).toBe('people')
    expect(toneAt(321_000)).toBe('bad')
  })
})

describe('a question', () => {
  it('is waited for, with how long it has been and may be', () => {
    expect(questionOf().at(200_000)).toMatchObject({ tone: 'open', figures: '18 s of 10 min' })
  })

  it('is good when what was expected was answered in time', () => {
    expect(questionOf(answers(200_000, 'yes')).at(201_000)).toMatchObject({
      tone: 'good',
      figures: 'after 18 s of 10 min',
    })
  })

  it('is bad when it is not answered, is answered late, or otherwise than expected, with the figures', () => {
    expect(questionOf(stops(782_000, 'ask-desk')).at(800_000)).toMatchObject({
      tone: 'bad',
      figures: 'not within 10 min',
    })
    expect(questionOf(answers(792_000, 'yes')).at(800_000)).toMatchObject({
      tone: 'bad',
      figures: expect.stringContaining('10 s late'),
    })
    for (const word of ['no', 'partly'] as const)
      expect(questionOf(answers(200_000, word)).at(201_000)).toMatchObject({
        tone: 'bad',
        figures: expect.stringContaining('expected “yes”'),
      })
  })

  it('is nobody’s fault when the run ended before its time was over', () => {
    expect(questionOf(ends(185_000, 'aborted')).at(500_000)).toMatchObject({ tone: 'quiet', figures: '3 s of 10 min' })
  })
})
