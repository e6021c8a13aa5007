import type { Order, PrepareAnswer, PrepareOrder } from '@chaos-lite/shared'
import { checkProbe } from '../probes/check-order.ts'
import { oneLine } from '../probes/text.ts'
import type { SessionDeps } from './deps.ts'
import { prepareExercise } from './exercise.ts'
import { type Refusal, refusalOf } from './refusal.ts'

type Prepare = Extract<Order, { name: 'prepare' }>
type PreparedStep = PrepareAnswer['steps'][number]

/** Asks everybody who may say no, step by step and probe by probe. Nothing is changed; a refusal is part of the answer. */
export async function answerPrepare(
  deps: SessionDeps,
  order: Prepare,
  onRefused: (stepId: string, refusal: Refusal) => void,
): Promise<PrepareAnswer> {
  const steps: PreparedStep[] = []
  // One after the other: two steps may read the same file.
  for (const step of order.steps) {
    const prepared = await prepareStep(deps, step)
    if (!prepared.ok) onRefused(step.stepId, prepared)
    steps.push(prepared)
  }
  const policy = await deps.policy()
  const probes = order.probes.map((probe) => {
    const { probeId } = probe
    try {
      checkProbe(probe, policy, deps.host.clock.wallMs())
      return { probeId, ok: true, reason: null, rule: null }
    } catch (thrown) {
      const { reason, rule } = refusalOf(thrown)
      return { probeId, ok: false, reason, rule }
    }
  })
  return { steps, probes }
}

async function prepareStep(deps: SessionDeps, step: PrepareOrder): Promise<PreparedStep> {
  const { stepId, name, params, holdMs } = step
  try {
    const prepared =
      step.kind === 'inject'
        ? await deps.engine.prepare({ action: name, params, holdMs })
        : await prepareExercise(deps, { name, params, runId: null, stepId })
    const { digest, effect } = prepared
    return {
      ok: true,
      stepId,
      touches: prepared.touches.slice(0, 64).map((text) => oneLine(text, 512)),
      sentences: prepared.sentences.slice(0, 32).map((text) => oneLine(text, 1024)),
      injectMs: Math.ceil(prepared.injectMs),
      revertMs: Math.ceil(prepared.revertMs),
      digest,
      effect: effect && {
        probe: effect.probe,
        expect: effect.expect,
        params: JSON.parse(JSON.stringify(effect.params)),
      },
    }
  } catch (thrown) {
    return { ...refusalOf(thrown), stepId }
  }
}
