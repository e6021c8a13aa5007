import type { Step } from '../schema.ts'
import type { Filler } from './filler.ts'
import type { ResolvedStep } from './resolved-drill.ts'

/** The name of the step at `index` (from 0) unless the drill gives one: `step-1`, `step-2`, … */
export function stepIdOf(step: { name?: string | undefined }, index: number): string {
  return step.name ?? `step-${index + 1}`
}

/** One step of the method, filled in. */
export function resolveStep(step: Step, index: number, filler: Filler): ResolvedStep {
  const stepId = stepIdOf(step, index)
  if ('inject' in step) {
    return {
      kind: 'inject',
      stepId,
      action: step.inject,
      on: step.on,
      params: filler.params(step.with),
      holdMs: filler.ms(step.hold),
      effect: resolveEffect(step.effect, filler),
      onLinkLoss: step.onLinkLoss ?? 'revert',
    }
  }
  if ('exercise' in step) {
    const { exercise, on } = step
    return {
      kind: 'exercise',
      stepId,
      exercise,
      on,
      params: filler.params(step.with),
      withinMs: filler.ms(step.within),
    }
  }
  if ('ask' in step) {
    const { of, within, expect = 'yes' } = step
    return { kind: 'ask', stepId, text: filler.text(step.ask), of, withinMs: filler.ms(within), expect }
  }
  if ('expectAlert' in step) {
    return { kind: 'alert', stepId, text: filler.text(step.expectAlert), withinMs: filler.ms(step.within) }
  }
  return { kind: 'wait', stepId, forMs: filler.ms(step.wait) }
}

function resolveEffect(effect: Extract<Step, { inject: string }>['effect'], filler: Filler) {
  if (effect === undefined) return null
  const withinMs = effect.within === undefined ? null : filler.ms(effect.within)
  return { probeId: effect.probe, expect: effect.expect, withinMs }
}
