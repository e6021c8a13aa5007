import type { Controller } from '@chaos-lite/controller'
import { type Order, type Plan, reduce, type SourcedFact, startRun } from '@chaos-lite/shared'
import { ulid } from 'ulid'
import { rowOf } from '../../../packages/controller/src/services/run-row.ts'

export interface BegunRun {
  readonly runId: string
  readonly hostId: string
  readonly inject: Extract<Order, { name: 'inject' }>
  readonly revert: Extract<Order, { name: 'revert' }>
  /** The host looks at what it would touch, as before every drill. */
  plan(): Promise<void>
  /** May be called again and again: the agent gets its safety timer ready each time. */
  open(): Promise<void>
}

/** A run like those that `start` makes, whose orders are sent by the bench instead of the sequence. */
export async function beginRun(controller: Controller, hostId: string, port: number): Promise<BegunRun> {
  const { context, store, gateway } = controller
  const { clientId } = await store.clients.first()
  const planned = await context.plan({ drill: 'bench-hosts', params: {} }, clientId)
  const probes = [
    { probeId: 'port', role: 'watch' as const, probe: 'tcp', hostIds: [hostId], everyMs: 50, expect: null },
  ].map((probe) => ({ ...probe, params: { host: '127.0.0.1', port } }))
  const plan = { ...planned, probes }
  const runId = ulid()
  const row = rowOf(reduce(startRun(), firstFact(runId, plan)), Date.now())
  await store.runs.create(row, plan, [hostId])
  await context.runBook.record({ type: 'run.planned', runId, plan, requestedBy: 'bench' })
  gateway.renewLease(hostId, runId, true)
  const step = plan.steps[0]
  const explanation = step?.kind === 'inject' ? step.explanations[0] : undefined
  if (step?.kind !== 'inject' || explanation === undefined) throw new Error('The plan of the bench has no failure.')
  const { stepId, action, params, holdMs, effectWaitMs, onLinkLoss } = step
  const orders = plan.probes.map(({ probeId, probe, params, everyMs, expect }) => ({
    ...{ probeId, probe, params, everyMs, expect },
  }))
  return {
    ...{ runId, hostId },
    inject: {
      ...{ name: 'inject', runId, stepId, action, params, holdMs, effectWaitMs, onLinkLoss },
      explanationDigest: explanation.digest,
    },
    revert: { name: 'revert', runId, stepId, cause: 'released early' },
    async plan() {
      const steps = [{ stepId, kind: 'inject' as const, name: action, params, holdMs }]
      const answer = await gateway.order(hostId, { name: 'prepare', steps, probes: [] }, { expiresInMs: 20_000 })
      if (!answer.ok) throw new Error(`The plan was refused: ${answer.reason}`)
    },
    async open() {
      const order = { name: 'run.open', runId, onLinkLoss, probes: orders } as const
      const answer = await gateway.order(hostId, order, { expiresInMs: 20_000 })
      if (!answer.ok) throw new Error(`The run was not opened: ${answer.reason}`)
    },
  }
}

function firstFact(runId: string, plan: Plan): SourcedFact {
  const at = { bootId: 'bench', monoMs: 0, wallMs: Date.now() }
  const event = { type: 'run.planned' as const, runId, plan, requestedBy: 'bench' }
  const fact = { v: 1 as const, epoch: '0'.repeat(32), seq: 0, prev: null, at, event }
  return { source: 'controller' as const, fact, receivedMs: at.wallMs }
}
