import { canonicalJson } from '../canonical-json.ts'
import type { Plan, PlannedProbe, PlannedStep } from './plan.ts'

/** The id of the probe that an action itself proposes, where a drill names none. */
export function defaultEffectId(stepId: string): string {
  return `${stepId}-effect`
}

/**
 * What the digest of a plan covers, as canonical JSON (RFC 8785). Everything in it, but the id and what is no decision:
 * - the sentences of an explanation, and the messages that they are made of. Its `digest`, made by the host, covers what they mean: codes, values, what is touched.
 * - the parameters of an effect probe that the action proposes. Some are measured at the moment of planning (free space);
 *   the others are covered by the digest of the explanation, too.
 */
export function boundByPlan({ steps, probes, ...rest }: Omit<Plan, 'planId' | 'digest'>): string {
  const proposed = new Set(steps.filter(({ kind }) => kind === 'inject').map(({ stepId }) => defaultEffectId(stepId)))
  const bound = (probe: PlannedProbe) => {
    const { params, hostParams, ...others } = probe
    return probe.role === 'effect' && proposed.has(probe.probeId) ? others : probe
  }
  return canonicalJson({ ...rest, steps: steps.map(withoutSentences), probes: probes.map(bound) })
}

function withoutSentences(step: PlannedStep): unknown {
  if (step.kind !== 'inject' && step.kind !== 'exercise') return step
  return { ...step, explanations: step.explanations.map(({ sentences, messages, ...bound }) => bound) }
}
