import {
  defaultEffectId,
  type Explanation,
  type HostId,
  longestChangedMs,
  type Plan,
  type PlannedProbe,
  type PlannedStep,
  type PrepareAnswer,
  type ResolvedDrill,
  type ResolvedStep,
} from '@chaos-lite/shared'
import type { ListedHost } from '../../store/index.ts'
import { hostParams } from './host-orders.ts'

/** How long an effect may take to be seen when the drill does not say. */
const EFFECT_WAIT_MS = 30_000
/** How often a default effect probe samples. */
const EFFECT_EVERY_MS = 500

type PreparedStep = Extract<PrepareAnswer['steps'][number], { ok: true }>
type PlannedInject = Extract<PlannedStep, { kind: 'inject' }>

interface Material {
  readonly drill: ResolvedDrill
  readonly groups: Record<string, HostId[]>
  readonly hosts: readonly ListedHost[]
  readonly answers: ReadonlyMap<HostId, PrepareAnswer>
}

/** The planned steps and probes: the drill's own probes, and a default effect probe for each inject that names none. */
export function assemble(material: Material): Pick<Plan, 'steps' | 'probes' | 'worstCaseMs'> {
  const probes: PlannedProbe[] = material.drill.probes.map((probe) => {
    const hosts = hostsOf(material, probe.on)
    const { probeId, role, params, everyMs, expect } = probe
    const hostIds = hosts.map((host) => host.hostId)
    return {
      probeId,
      role,
      probe: probe.probe,
      hostIds,
      params,
      everyMs,
      expect,
      ...perHost(hostParams(params, hosts)),
    }
  })
  const steps = material.drill.steps.map((step) => {
    const planned = plannedStep(material, step)
    if (planned.kind === 'inject') probes.push(...defaultEffectProbe(material, planned))
    return planned
  })
  return { steps, probes, worstCaseMs: worstCaseOf(steps) }
}

function plannedStep(material: Material, step: ResolvedStep): PlannedStep {
  if (step.kind === 'inject') {
    const { stepId, action, params, holdMs, onLinkLoss } = step
    const effect = step.effect ?? defaultEffect(material, step.on, stepId)
    return {
      kind: 'inject',
      stepId,
      action,
      params,
      ...perHost(hostParams(params, hostsOf(material, step.on))),
      hostIds: material.groups[step.on] ?? [],
      holdMs,
      effectWaitMs: step.effect?.withinMs ?? EFFECT_WAIT_MS,
      effect: { probeId: effect.probeId, expect: effect.expect },
      onLinkLoss,
      explanations: explanationsOf(material, step.on, stepId),
    }
  }
  if (step.kind === 'exercise') {
    const { on, ...rest } = step
    const explanations = explanationsOf(material, on, step.stepId)
    const own = perHost(hostParams(step.params, hostsOf(material, on)))
    return { ...rest, ...own, hostIds: material.groups[on] ?? [], explanations }
  }
  return step
}

/** The probe that the action itself proposes; its parameters come from the hosts. */
function defaultEffect(material: Material, group: string, stepId: string): PlannedInject['effect'] {
  const first = (material.groups[group] ?? []).map((hostId) => preparedStep(material, hostId, stepId)?.effect)[0]
  return { probeId: defaultEffectId(stepId), expect: first?.expect ?? 'down' }
}

function defaultEffectProbe(material: Material, step: PlannedInject): PlannedProbe[] {
  if (step.effect.probeId !== defaultEffectId(step.stepId)) return []
  const proposals = step.hostIds.flatMap((hostId) => {
    const effect = preparedStep(material, hostId, step.stepId)?.effect
    return effect ? [{ hostId, effect }] : []
  })
  const first = proposals[0]
  if (first === undefined) return []
  const own = Object.fromEntries(proposals.map(({ hostId, effect }) => [hostId, effect.params]))
  return [
    {
      probeId: step.effect.probeId,
      role: 'effect',
      probe: first.effect.probe,
      hostIds: proposals.map(({ hostId }) => hostId),
      params: first.effect.params,
      hostParams: own,
      everyMs: EFFECT_EVERY_MS,
      expect: null,
    },
  ]
}

function explanationsOf(material: Material, group: string, stepId: string): Explanation[] {
  return (material.groups[group] ?? []).flatMap((hostId) => {
    const prepared = preparedStep(material, hostId, stepId)
    if (prepared === undefined) return []
    const { touches, sentences, messages, injectMs, revertMs, digest } = prepared
    const meanings = messages === undefined ? {} : { messages }
    return [{ hostId, touches, sentences, ...meanings, injectMs, revertMs, digest }]
  })
}

function preparedStep(material: Material, hostId: HostId, stepId: string): PreparedStep | undefined {
  const steps = material.answers.get(hostId)?.steps ?? []
  return steps.filter((step) => step.ok).find((step) => step.stepId === stepId)
}

function hostsOf(material: Material, group: string): ListedHost[] {
  const ids = material.groups[group] ?? []
  return material.hosts.filter((host) => ids.includes(host.hostId))
}

/** The longest that anything may stay changed: the longest single record, from arming until its safety timer is done. */
function worstCaseOf(steps: readonly PlannedStep[]): number {
  const worst = steps.flatMap((step) =>
    step.kind === 'inject' ? step.explanations.map((one) => longestChangedMs({ ...step, ...one })) : [],
  )
  return Math.max(0, ...worst)
}

function perHost<T>(hostParams: T | undefined): { hostParams?: T } {
  return hostParams === undefined ? {} : { hostParams }
}
