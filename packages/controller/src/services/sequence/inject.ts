import type { Answer, HostId, Run } from '@chaos-lite/shared'
import { hostName, type InjectStep, runNow, type Sequence } from './context.ts'
import { cameTo } from './look.ts'
import { order } from './orders.ts'
import { paramsOn } from './preflight.ts'

/** Time for the command itself, on top of what the action needs. */
const ORDER_SLACK_MS = 10_000
const LONGEST_ORDER_MS = 600_000

/**
 * Starts one failure on all of its hosts at once and waits until its effect is seen on the consumer's path. When one
 * host cannot, or the effect does not show, the run stops and everything is rolled back on all of them.
 */
export async function inject(sequence: Sequence, step: InjectStep): Promise<void> {
  const { book, runId, plan } = sequence
  const sinceMs = sequence.clock.nowMs()
  const answers = await Promise.all(step.hostIds.map((hostId) => injectOn(sequence, step, hostId)))
  const refused = answers.flatMap((answer, index) => (answer.ok ? [] : [{ answer, hostId: step.hostIds[index] ?? '' }]))
  const first = refused[0]
  if (first !== undefined && !first.answer.ok) {
    const reason = `${hostName(plan, first.hostId)}: ${first.answer.reason}`.slice(0, 500)
    await sequence.stop('inject failed', reason)
    return
  }
  const pairs = effectPairs(sequence, step)
  const seen = (run: Run) => pairs.every((pair) => cameTo(run, pair, sinceMs))
  const run = await book.until(runId, seen, { withinMs: step.effectWaitMs, signal: sequence.signal })
  const { probeId, expect } = step.effect
  const { stepId } = step
  if (run !== null && pairs.length > 0) {
    await book.record({ type: 'effect.seen', runId, stepId, probeId, hostIds: pairs.map((pair) => pair.hostId) })
    return
  }
  if (sequence.signal.aborted) return
  const missing = pairs.filter((pair) => !cameTo(runNow(sequence), pair, sinceMs)).map((pair) => pair.hostId)
  const where = missing.map((hostId) => hostName(plan, hostId)).join(', ') || 'any host'
  const reason = `${probeId} was not seen ${expect} within ${step.effectWaitMs} ms on ${where}`.slice(0, 500)
  await book.record({ type: 'effect.missed', runId, stepId, probeId, hostIds: missing, reason })
}

function injectOn(sequence: Sequence, step: InjectStep, hostId: HostId): Promise<Answer> {
  const explanation = step.explanations.find((one) => one.hostId === hostId)
  if (explanation === undefined)
    return Promise.resolve({
      ok: false,
      code: 'plan-changed',
      reason: 'the plan has no explanation for it',
      rule: null,
    })
  const { stepId, action, holdMs, effectWaitMs, onLinkLoss } = step
  const expiresInMs = Math.min(explanation.injectMs + ORDER_SLACK_MS, LONGEST_ORDER_MS)
  return order(
    sequence,
    hostId,
    {
      name: 'inject',
      runId: sequence.runId,
      stepId,
      action,
      params: paramsOn(step, hostId),
      holdMs,
      effectWaitMs,
      onLinkLoss,
      explanationDigest: explanation.digest,
    },
    { expiresInMs, stepId },
  )
}

function effectPairs({ plan }: Sequence, step: InjectStep) {
  const probe = plan.probes.find((one) => one.probeId === step.effect.probeId)
  const status = step.effect.expect
  return (probe?.hostIds ?? []).map((hostId) => ({ probeId: step.effect.probeId, hostId, status }))
}
