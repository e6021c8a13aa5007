import { type Answer, ChaosError, type HostId, type Order, sentenceOf } from '@chaos-lite/shared'
import type { Sequence } from './context.ts'
import { recordOrLog } from './record.ts'

/** Sends one order and records the answer as a fact. A broken link or a late answer becomes a refusal with its reason. */
export async function order(
  sequence: Sequence,
  hostId: HostId,
  order: Order,
  options: { readonly expiresInMs: number; readonly stepId?: string },
): Promise<Answer> {
  const answer = await sequence.gateway.order(hostId, order, { expiresInMs: options.expiresInMs }).catch(refusal)
  // An order that was given stays given, whether its answer can be stored or not.
  await recordOrLog(sequence, {
    type: 'command.answered',
    runId: sequence.runId,
    stepId: options.stepId ?? null,
    hostId,
    command: order.name,
    ok: answer.ok,
    code: answer.ok ? null : answer.code,
    reason: answer.ok ? null : answer.reason.slice(0, 1024),
    ...(!answer.ok && answer.said ? { said: answer.said } : {}),
  })
  return answer
}

function refusal(error: unknown): Answer {
  const code = error instanceof ChaosError ? error.code : 'internal'
  return { ok: false, code, reason: printable(sentenceOf(error)), rule: null }
}

/** One bounded line: an error's words may come from anywhere. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 500)
}
