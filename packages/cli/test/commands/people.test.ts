import { ChaosError } from '@chaos-lite/shared'
import { describe, expect, test } from 'vitest'
import type { Api } from '../../src/client/api.ts'
import type { CommandContext } from '../../src/commands/context.ts'
import { acknowledgeAlert, answerQuestion } from '../../src/commands/people.ts'

const RUN = '01J0000000000000000000000B'
const steps = [
  { kind: 'inject', stepId: 'stop-web' },
  { kind: 'alert', stepId: 'pager' },
  { kind: 'ask', stepId: 'desk' },
]

/** A controller with one run of these steps, and what it is asked to record. */
function aController(plan: { steps: readonly object[] } | null = { steps }) {
  const posted: string[] = []
  const api = {
    get: async () => ({ plan }),
    post: async (path: string) => {
      posted.push(path)
      if (!/pager|desk/.test(path)) throw new ChaosError('not-found', 'The run has no such step.')
      return {}
    },
  } as unknown as Api
  const terminal = { out: () => undefined } as unknown as CommandContext['terminal']
  const context: CommandContext = { terminal, json: false, signal: new AbortController().signal, api: async () => api }
  return { context, posted }
}

const answering = (stepId: string) => ({ runId: RUN, stepId, answer: 'yes', note: null })

describe('what people say of a run', () => {
  test('is recorded for the step that is named', async () => {
    const { context, posted } = aController()
    await acknowledgeAlert(context, RUN, 'pager')
    await answerQuestion(context, answering('desk'))
    expect(posted).toEqual([`/runs/${RUN}/acknowledge/pager`, `/runs/${RUN}/answers/desk`])
  })

  test('is answered with the command to type when the step is a number, or another one', async () => {
    const { context } = aController()
    for (const step of ['2', 'stop-web', 'nope'])
      await expect(acknowledgeAlert(context, RUN, step)).rejects.toMatchObject({
        code: 'not-found',
        message: `The run expects no alert called "${step}". Type:\n  chaos-lite run acknowledge ${RUN} pager`,
      })
    await expect(answerQuestion(context, answering('3'))).rejects.toThrow(
      `The run asks no question called "3". Type:\n  chaos-lite run answer ${RUN} desk yes`,
    )
  })

  test('has nowhere to go where the run expects nothing of people', async () => {
    const { context } = aController({ steps: [] })
    await expect(acknowledgeAlert(context, RUN, '2')).rejects.toThrow('This run expects no alert.')
    await expect(answerQuestion(aController(null).context, answering('2'))).rejects.toThrow(
      'This run asks no question.',
    )
  })
})
