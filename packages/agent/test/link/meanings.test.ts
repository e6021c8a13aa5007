import { AgentEvent, Answer } from '@chaos-lite/shared'
import { expect, test } from 'vitest'
import { sendable } from '../../src/link/sendable.ts'
import { makeValid } from '../../src/outbox/make-valid.ts'
import { FakeController } from './fake-controller.ts'
import { linkTo } from './support.ts'

const said = { code: 'action.disk.fill.nothing', values: { folder: '/srv' }, estimates: {} }
const refused: AgentEvent = AgentEvent.parse({
  ...{ type: 'refused', runId: null, stepId: null, command: 'inject', code: 'wrong-state', rule: '' },
  ...{ reason: 'Nothing could be filled.', said },
})
const prepared = Answer.parse({
  ok: true,
  prepared: {
    probes: [],
    steps: [
      {
        ...{ ok: true, stepId: 'fill', touches: [], injectMs: 1, revertMs: 1, effect: null },
        ...{ digest: `sha256:${'0'.repeat(64)}`, sentences: ['Nothing could be filled.'], messages: [said] },
      },
      { ok: false, stepId: 'other', code: 'wrong-state', reason: 'Nothing could be filled.', said, rule: null },
    ],
  },
})
const refusal: Answer = { ok: false, code: 'wrong-state', reason: 'Nothing could be filled.', said, rule: null }

/** Everything that one link says about the same three things, as text. */
async function saidTo(extensions: string[] | undefined): Promise<string> {
  await using controller = await FakeController.start()
  await using agent = await linkTo(controller)
  const answers = [prepared, refusal]
  agent.duties.answer = async () => answers.shift() ?? refusal
  const peer = await controller.welcome(null, extensions)
  await peer.next('inventory')
  await agent.outbox.report(refused)
  const [fact] = await peer.facts(1)
  const first = await peer.answerTo(peer.command({ name: 'prepare', steps: [], probes: [] }))
  const second = await peer.answerTo(peer.command({ name: 'prepare', steps: [], probes: [] }))
  return JSON.stringify([JSON.parse(fact ?? ''), first, second])
}

test('a controller that understands it learns what each text means', async () => {
  const text = await saidTo(['words'])
  expect(text.split(JSON.stringify(said))).toHaveLength(5)
})

test.each([[undefined], [['hardware']]])('to a controller that named %j only texts are sent', async (extensions) => {
  const text = await saidTo(extensions)
  expect(text.split('Nothing could be filled.')).toHaveLength(5)
  expect(text).not.toContain('"said"')
  expect(text).not.toContain('"messages"')
})

test('a plan that fits into a frame only without its meanings is sent without them', () => {
  const long = { ...said, values: { folder: 'x'.repeat(1_000) } }
  const step = {
    ...{ ok: true, stepId: 'fill', touches: [], injectMs: 1, revertMs: 1, effect: null },
    ...{ digest: `sha256:${'0'.repeat(64)}`, sentences: Array(6).fill('Filled.'), messages: Array(6).fill(long) },
  }
  const answerOf = (steps: number) =>
    Answer.parse({ ok: true, prepared: { steps: Array(steps).fill(step), probes: [] } })
  expect(sendable(answerOf(30), true)).toEqual(answerOf(30))
  const sent = sendable(answerOf(50), true)
  expect(JSON.stringify(sent)).toContain('Filled.')
  expect(JSON.stringify(sent)).not.toContain('messages')
})

test('a fact never fails to be written because of what it means', () => {
  const values = Object.fromEntries(['a', 'b', 'c'].map((name) => [name, Array(64).fill('y'.repeat(1_000))]))
  const fact = makeValid({ ...refused, said: { ...said, values } } as AgentEvent)
  expect(fact).toMatchObject({ reason: 'Nothing could be filled.' })
  expect(fact).not.toHaveProperty('said')
  expect(makeValid(refused)).toEqual(refused)
})
