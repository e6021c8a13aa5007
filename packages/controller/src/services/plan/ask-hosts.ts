import {
  ChaosError,
  type ErrorItem,
  type HostId,
  type PrepareAnswer,
  type ResolvedDrill,
  sentenceOf,
} from '@chaos-lite/shared'
import type { Gateway } from '../../gateway/index.ts'
import type { ListedHost } from '../../store/index.ts'
import { prepareOrderFor } from './host-orders.ts'

/** How long one host may take to read what a drill would touch. */
const PREPARE_MS = 30_000

/** Answers of the hosts that did answer, and every refusal. A plan needs all answers and no refusal. */
export interface Prepared {
  readonly answers: ReadonlyMap<HostId, PrepareAnswer>
  readonly refusals: readonly ErrorItem[]
}

/** Asks every host what would be touched there. Nothing is changed by asking; all refusals are collected. */
export async function askHosts(
  gateway: Gateway,
  drill: ResolvedDrill,
  groups: Record<string, HostId[]>,
  hosts: readonly ListedHost[],
): Promise<Prepared> {
  const answers = new Map<HostId, PrepareAnswer>()
  const refusals: ErrorItem[] = []
  await Promise.all(
    hosts.map(async (host) => {
      try {
        const order = prepareOrderFor(host, drill, groups)
        const answer = await gateway.order(host.hostId, order, { expiresInMs: PREPARE_MS })
        if (!answer.ok) return refusals.push({ where: host.name, message: answer.reason, rule: answer.rule })
        if (answer.prepared === null) throw new ChaosError('internal', 'The agent answered without a preparation.')
        answers.set(host.hostId, answer.prepared)
        return refusals.push(...refusalsIn(host, answer.prepared))
      } catch (error) {
        return refusals.push({ where: host.name, message: sentenceOf(error), rule: null })
      }
    }),
  )
  return { answers, refusals }
}

function refusalsIn(host: ListedHost, answer: PrepareAnswer): ErrorItem[] {
  const steps = answer.steps
    .filter((step) => !step.ok)
    .map((step) => ({ where: `${host.name}, step ${step.stepId}`, message: step.reason, rule: step.rule }))
  const probes = answer.probes
    .filter((probe) => !probe.ok)
    .map((probe) => ({
      where: `${host.name}, probe ${probe.probeId}`,
      message: probe.reason ?? 'refused',
      rule: probe.rule,
    }))
  return [...steps, ...probes]
}
