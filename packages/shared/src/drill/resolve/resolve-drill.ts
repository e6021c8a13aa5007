import type { Params } from '../../primitives.ts'
import type { HostFacts } from '../placeholder.ts'
import type { Drill, Expectation, ObjectiveName, ProbeUse, TargetSelector } from '../schema.ts'
import { type Filler, fillerOf, mapValues } from './filler.ts'
import { kindOf } from './kind-of.ts'
import { resolveStep } from './resolve-step.ts'
import type { ResolvedDrill, ResolvedProbe } from './resolved-drill.ts'

/** How often a probe samples by default. */
export const DEFAULT_EVERY_MS = 1000

/**
 * Fills a valid drill with checked parameter values (see `fillParams`). `facts` fills `${host.…}` too, for one host;
 * without it these are left for the planner (`fillHostFacts`). Throws `param-invalid` when a duration is none.
 */
export function resolveDrill(drill: Drill, values: Params, facts: HostFacts | null = null): ResolvedDrill {
  const filler = fillerOf(values, facts)
  return {
    drill: drill.drill,
    version: drill.version,
    title: drill.title,
    why: drill.why,
    kind: kindOf(drill),
    params: values,
    targets: mapValues(drill.targets, (target) => resolveTarget(target, filler)),
    probes: [
      ...Object.entries(drill.steadyState ?? {}).map(([id, use]) => resolveProbe(id, 'steady', use, filler)),
      ...Object.entries(drill.watch ?? {}).map(([id, use]) => resolveProbe(id, 'watch', use, filler)),
    ],
    steps: drill.method.map((step, index) => resolveStep(step, index, filler)),
    objectives: resolveObjectives(drill, filler),
    abort: (drill.abort ?? []).map(({ probe, failsInARow }) => ({ probeId: probe, failsInARow })),
    release: drill.release ?? 'at-hold',
    revertOrder: drill.revertOrder ?? [],
    limits: {
      hosts: drill.limits?.hosts ?? null,
      holdAtMostMs: drill.limits?.holdAtMost === undefined ? null : filler.ms(drill.limits.holdAtMost),
    },
    controls: drill.controls ?? [],
  }
}

function resolveProbe(probeId: string, role: 'steady' | 'watch', use: ProbeUse, filler: Filler): ResolvedProbe {
  return {
    probeId,
    role,
    probe: use.probe,
    on: use.on,
    params: filler.params(use.with),
    everyMs: use.every === undefined ? DEFAULT_EVERY_MS : filler.ms(use.every),
    // Filling keeps the shape: only strings are replaced, by values that a parameter may have.
    expect: use.expect === undefined ? null : (filler.params(use.expect as Params) as Record<string, Expectation>),
  }
}

function resolveTarget(target: TargetSelector, filler: Filler): TargetSelector {
  return { ...target, where: mapValues(target.where, (value) => filler.text(value)) }
}

function resolveObjectives(drill: Drill, filler: Filler): ResolvedDrill['objectives'] {
  const resolved: ResolvedDrill['objectives'] = {}
  for (const [name, objective] of Object.entries(drill.objectives ?? {})) {
    if (objective !== undefined) resolved[name as ObjectiveName] = { withinMs: filler.ms(objective.within) }
  }
  return resolved
}
