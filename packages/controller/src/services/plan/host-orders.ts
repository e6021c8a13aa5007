import {
  fillHostFacts,
  type HostFacts,
  type HostId,
  type Order,
  type Params,
  type ProbeOrder,
  type ResolvedDrill,
} from '@chaos-lite/shared'
import type { ListedHost } from '../../store/index.ts'

type PrepareOrder = Extract<Order, { name: 'prepare' }>

/** What `${host.…}` reads: the host's name, and the first of its addresses. */
export function factsOf(host: ListedHost): HostFacts {
  return { name: host.name, address: host.inventory?.addresses[0] ?? host.name }
}

/** The parameters on each host of a group; undefined when they are the same everywhere. */
export function hostParams(params: Params, hosts: readonly ListedHost[]): Record<HostId, Params> | undefined {
  const text = JSON.stringify(params)
  if (!text.includes('${host.')) return undefined
  return Object.fromEntries(hosts.map((host) => [host.hostId, fillHostFacts(params, factsOf(host))]))
}

/** What one host is asked to prepare: every step and every probe that would run on it. */
export function prepareOrderFor(
  host: ListedHost,
  drill: ResolvedDrill,
  groups: Record<string, HostId[]>,
): PrepareOrder {
  const isOn = (group: string) => groups[group]?.includes(host.hostId) ?? false
  const facts = factsOf(host)
  const steps: PrepareOrder['steps'] = []
  for (const step of drill.steps) {
    if ((step.kind !== 'inject' && step.kind !== 'exercise') || !isOn(step.on)) continue
    const name = step.kind === 'inject' ? step.action : step.exercise
    const holdMs = step.kind === 'inject' ? step.holdMs : step.withinMs
    steps.push({ stepId: step.stepId, kind: step.kind, name, params: fillHostFacts(step.params, facts), holdMs })
  }
  const probes: ProbeOrder[] = drill.probes
    .filter((probe) => isOn(probe.on))
    .map(({ probeId, probe, params, everyMs, expect }) => ({
      probeId,
      probe,
      params: fillHostFacts(params, facts),
      everyMs,
      expect,
    }))
  return { name: 'prepare', steps, probes }
}
