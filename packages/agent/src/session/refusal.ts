import { type AgentEvent, type Answer, ChaosError, type Order, sentenceOf } from '@chaos-lite/shared'
import { oneLine, printable } from '../text/index.ts'

/** Why a command was not carried out; it is a recorded fact as well. */
export type Refusal = Extract<Answer, { ok: false }>

/** A command was taken up: what comes of it is reported by facts, not by this answer. */
export const accepted: Answer = { ok: true, prepared: null }

/** Any thrown value as an answer, in the form the protocol allows. */
export function refusalOf(thrown: unknown): Refusal {
  const code = thrown instanceof ChaosError ? thrown.code : 'internal'
  const rule = thrown instanceof ChaosError && thrown.rule !== null ? oneLine(thrown.rule, 512) : null
  const said = thrown instanceof ChaosError && thrown.said !== null ? { said: printable(thrown.said) } : {}
  return { ok: false, code, reason: oneLine(sentenceOf(thrown), 1024), ...said, rule }
}

/** The fact that an order was refused. */
export function refusedFact(order: Order, refusal: Refusal, stepId: string | null = null): AgentEvent {
  return {
    type: 'refused',
    runId: 'runId' in order ? order.runId : null,
    stepId: 'stepId' in order ? order.stepId : stepId,
    command: order.name,
    code: refusal.code,
    rule: refusal.rule ?? '',
    reason: refusal.reason,
    ...(refusal.said ? { said: refusal.said } : {}),
  }
}
