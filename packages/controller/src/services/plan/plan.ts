import {
  boundByPlan,
  ChaosError,
  type Digest,
  type Drill,
  type ErrorItem,
  Plan,
  type ResolvedDrill,
  resolveDrill,
  type Ulid,
} from '@chaos-lite/shared'
import { ulid } from 'ulid'
import type { Gateway } from '../../gateway/index.ts'
import { sha256 } from '../../secrets/index.ts'
import type { HostRow, ListedHost, Store } from '../../store/index.ts'
import type { Clock } from '../../time/index.ts'
import { askHosts } from './ask-hosts.ts'
import { assemble } from './assemble.ts'
import { chooseHosts } from './choose-hosts.ts'
import { effectRefusals } from './effect-refusals.ts'
import { orderRefusals } from './order-refusals.ts'
import { checkedParams } from './params.ts'

/** A drill file that was read and found without mistakes. */
export interface PlannableDrill {
  readonly drill: Drill
  readonly digest: Digest
}

/** What planning reads. Nothing is changed on any host by it: agents only answer what they would do. */
export interface PlanDeps {
  readonly store: Store
  readonly gateway: Gateway
  readonly clock: Clock
  /** Throws `not-found`, or `drill-invalid` with the mistakes. */
  readonly drill: (name: string) => PlannableDrill | Promise<PlannableDrill>
}

/**
 * Resolves a drill against real hosts and parameters. `prepare` runs on every host, so that the plan says exactly what
 * will be touched; nothing is changed. Throws `param-invalid` or `plan-refused` with a reason per parameter or host.
 */
export async function plan(
  deps: PlanDeps,
  request: { readonly drill: string; readonly params: Readonly<Record<string, unknown>> },
  clientId: Ulid,
): Promise<Plan> {
  const loaded = await deps.drill(request.drill)
  const drill = resolveDrill(loaded.drill, checkedParams(loaded.drill, request.params))
  const chosen = chooseHosts(drill.targets, await deps.store.hosts.ofClient(clientId), drill.limits.hosts)
  const hosts = await deps.store.hosts.listed(chosen.hosts.map(({ hostId }) => hostId))
  const states = await Promise.all(hosts.map((host) => stateRefusal(deps, host)))
  refuseIfAny([...chosen.refusals, ...holdRefusals(drill), ...states.flat()])
  const { answers, refusals } = await askHosts(deps.gateway, drill, chosen.groups, hosts)
  refuseIfAny(refusals)
  refuseIfAny(effectRefusals(drill, chosen.groups, hosts, answers))
  const assembled = assemble({ drill, groups: chosen.groups, hosts, answers })
  const nameOf = (hostId: string) => hosts.find((host) => host.hostId === hostId)?.name ?? hostId
  refuseIfAny(orderRefusals(drill.revertOrder, assembled.steps, nameOf))
  const content = {
    clientId,
    drill: drill.drill,
    drillVersion: drill.version,
    drillDigest: loaded.digest,
    title: drill.title,
    why: drill.why,
    kind: drill.kind,
    mode: modeOf(drill, hosts),
    params: drill.params,
    groups: chosen.groups,
    hosts: hosts.map(({ hostId, name, labels }) => ({ hostId, name, labels })),
    objectives: drill.objectives,
    abort: [...drill.abort],
    release: drill.release,
    ...(drill.revertOrder.length === 0 ? {} : { revertOrder: [...drill.revertOrder] }),
    controls: [...drill.controls],
    ...assembled,
  }
  // Through the schema, so that the digest covers what the store and every reader will see: the same drill planned twice
  // on unchanged hosts has the same fingerprint.
  const planned = Plan.parse({ planId: ulid(), ...content, digest: sha256(boundByPlan(content)) })
  await deps.store.plans.add(planned, deps.clock.nowMs())
  return planned
}

function holdRefusals(drill: ResolvedDrill): ErrorItem[] {
  const limit = drill.limits.holdAtMostMs
  if (limit === null) return []
  return drill.steps
    .filter((step) => step.kind === 'inject' && step.holdMs > limit)
    .map((step) => ({
      where: `step ${step.stepId}`,
      message: `would hold longer than the drill's limit of ${limit} ms`,
      rule: 'limits: { holdAtMost }',
    }))
}

async function stateRefusal(deps: PlanDeps, host: HostRow): Promise<ErrorItem[]> {
  const refusal = (message: string) => [{ where: host.name, message, rule: null }]
  if (!deps.gateway.isOnline(host.hostId)) return refusal('is offline: start its agent or check its link')
  const inventory = deps.gateway.inventory(host.hostId)
  if (inventory?.journal.readable === false) return refusal('its journal cannot be read; no failure is started there')
  if ((inventory?.journal.stuck ?? 0) > 0)
    return refusal('something there could not be rolled back; a person must act first (see UNDO.txt on the host)')
  const holding = await deps.store.runs.holding(host.hostId)
  return holding === null ? [] : refusal(`is held by run ${holding}`)
}

function modeOf(drill: ResolvedDrill, hosts: readonly ListedHost[]): Plan['mode'] {
  if (drill.kind === 'tabletop') return 'tabletop'
  return hosts.some((host) => host.inventory?.platform === 'simulated') ? 'simulated' : 'live'
}

function refuseIfAny(items: readonly ErrorItem[]): void {
  if (items.length === 0) return
  const first = items[0]
  const more = items.length > 1 ? ` (and ${items.length - 1} more)` : ''
  throw new ChaosError(
    'plan-refused',
    `The plan was refused: ${first?.where}: ${first?.message.replace(/\.$/, '')}${more}.`,
    { items },
  )
}
