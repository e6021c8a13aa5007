import type { Controller } from '@chaos-lite/controller'
import type { SourcedFact } from '@chaos-lite/shared'
import { monoMs } from '../statistics.ts'

export interface Drilled {
  /** From the order to plan it until the verdict is recorded. */
  readonly wholeMs: number
  /** From the first order to start the failure until the last host has reported that it is back and compared. */
  readonly fourStepsMs: number
}

/** Plans and runs the drill of the benches on all hosts. @throws when it did not pass on all of them */
export async function drill({ context, store }: Controller, hosts: number): Promise<Drilled> {
  const { clientId } = await store.clients.first()
  const began = monoMs()
  const plan = await context.plan({ drill: 'bench-hosts', params: {} }, clientId)
  const { runId } = await context.runs.start({ planId: plan.planId, digest: plan.digest }, clientId, 'bench')
  const run = await context.runBook.until(runId, ({ phase }) => phase === 'ended', { withinMs: 120_000 })
  const wholeMs = monoMs() - began
  if (run?.outcome !== 'passed' || plan.hosts.length !== hosts) {
    throw new Error(`The drill did not pass on ${plan.hosts.length} hosts: ${run?.outcome} ${run?.reasons.join(' ')}`)
  }
  return { wholeMs, fourStepsMs: fourStepsMs(await context.runBook.facts(runId)) }
}

function fourStepsMs(facts: readonly SourcedFact[]): number {
  const events = facts.map(({ fact, receivedMs }) => ({ event: fact.event, receivedMs }))
  const begin = events.find(({ event }) => event.type === 'phase.entered' && event.phase === 'injecting')
  const back = events.findLast(({ event }) => event.type === 'revert.ended')
  return (back?.receivedMs ?? Number.NaN) - (begin?.receivedMs ?? Number.NaN)
}
