import { ChaosError, Name, RunState } from '@chaos-lite/shared'
import { RunRow } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Api } from '../client/index.ts'
import { runIdOf } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { answer, type CommandContext } from './context.ts'

/** Only what is looked at: a later version may say more of a run. */
const Steps = z.object({ plan: RunState.shape.plan })

interface Answer {
  readonly runId: string
  readonly stepId: string
  readonly answer: string
  readonly note: string | null
}

/** Answers a question that a run has asked. */
export async function answerQuestion(context: CommandContext, given: Answer): Promise<ExitCode> {
  const { stepId, answer: said, note } = given
  const api = await context.api()
  const runId = await runIdOf(api, given.runId)
  const path = `/runs/${runId}/answers/${encodeURIComponent(stepId)}`
  const row = await ofStep(api, { runId, stepId, kind: 'ask', suffix: said }, () =>
    api.post(path, { answer: said, note }, RunRow),
  )
  answer(context, row, () => `Recorded: ${said}.`)
  return ExitCode.ok
}

/** Says that a person saw the alert that a run expects. */
export async function acknowledgeAlert(context: CommandContext, run: string, stepId: string): Promise<ExitCode> {
  const api = await context.api()
  const runId = await runIdOf(api, run)
  const path = `/runs/${runId}/acknowledge/${encodeURIComponent(stepId)}`
  const row = await ofStep(api, { runId, stepId, kind: 'alert', suffix: '' }, () => api.post(path, {}, RunRow))
  answer(context, row, () => 'Recorded: the alert was seen.')
  return ExitCode.ok
}

interface Step {
  readonly runId: string
  readonly stepId: string
  readonly kind: 'ask' | 'alert'
  /** What stands after the step in the command. */
  readonly suffix: string
}

const KINDS = {
  ask: { command: 'answer', none: 'This run asks no question.', other: 'The run asks no question called' },
  alert: { command: 'acknowledge', none: 'This run expects no alert.', other: 'The run expects no alert called' },
} as const

/** Tries it. People count the steps of a plan, or know the title: where there is no such step, the command is given in full. */
async function ofStep<T>(api: Api, step: Step, perform: () => Promise<T>): Promise<T> {
  if (!Name.safeParse(step.stepId).success) throw await noSuchStep(api, step)
  try {
    return await perform()
  } catch (error) {
    if (error instanceof ChaosError && error.code === 'not-found') throw await noSuchStep(api, step, error)
    throw error
  }
}

async function noSuchStep(api: Api, { runId, stepId, kind, suffix }: Step, cause?: ChaosError): Promise<ChaosError> {
  const { plan } = await api.get(`/runs/${runId}`, Steps).catch((error: unknown) => {
    throw cause ?? error
  })
  const { command, none, other } = KINDS[kind]
  const steps = plan?.steps.filter((one) => one.kind === kind).map((one) => one.stepId) ?? []
  if (steps.length === 0) return new ChaosError('not-found', none, { cause })
  if (cause !== undefined && steps.includes(stepId)) return cause
  const lines = steps.map((one) => `  chaos-lite run ${command} ${runId} ${one} ${suffix}`.trimEnd())
  return new ChaosError('not-found', `${other} "${stepId}". Type:\n${lines.join('\n')}`, { cause })
}
