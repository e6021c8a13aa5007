import { NOT_NOW, type Order, type PrepareAnswer, type PrepareOrder } from '@chaos-lite/shared'
import type { Prepared } from '../engine/index.ts'
import type { Policy } from '../policy/index.ts'
import { probeRefusal } from '../policy/index.ts'
import { checkProbe, ProbeRefused } from '../probes/index.ts'
import { oneLine, printable } from '../text/index.ts'
import type { SessionDeps } from './deps.ts'
import { prepareExercise } from './exercise.ts'
import { type Refusal, refusalOf } from './refusal.ts'

type Prepare = Extract<Order, { name: 'prepare' }>
type PreparedStep = PrepareAnswer['steps'][number]
type PreparedOk = Extract<PreparedStep, { ok: true }>

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
  const wallMs = deps.host.clock.wallMs()
  await rememberEffects(deps, order, steps, policy)
  const probes: PrepareAnswer['probes'] = []
  for (const probe of order.probes) {
    const { probeId } = probe
    try {
      checkProbe(probe, policy, wallMs, (await deps.effects?.allows(probe, policy, wallMs)) ?? false)
      probes.push({ probeId, ok: true, reason: null, rule: null })
    } catch (thrown) {
      const isRefused = thrown instanceof ProbeRefused
      const refused = isRefused ? await probeRefusal(deps.host, policy, thrown.ruling, wallMs) : thrown
      const { reason, rule } = refusalOf(refused)
      probes.push({ probeId, ok: false, reason, rule })
    }
  }
  return { steps, probes }
}

/** What the steps propose to be seen by may be ordered when the run is opened: see `OwnEffects`. */
async function rememberEffects(
  { effects, host }: SessionDeps,
  order: Prepare,
  prepared: readonly PreparedStep[],
  policy: Policy,
): Promise<void> {
  for (const step of prepared) {
    const asked = order.steps.find(({ stepId }) => stepId === step.stepId)
    if (!step.ok || step.effect === null || asked === undefined) continue
    const { probe, params: probeParams } = step.effect
    const effect = { action: asked.name, params: asked.params, probe, probeParams }
    await effects?.remember(effect, policy, host.clock.wallMs())
  }
}

const MOST_SENTENCES = 32

/** What would be done, and what keeps it from being done now: a plan may be started later. */
function saidOf({ sentences, messages, notYet }: Prepared): Pick<PreparedOk, 'sentences' | 'messages'> {
  const now = notYet ? [`${NOT_NOW}${notYet}`] : []
  const texts = [...now, ...sentences].slice(0, MOST_SENTENCES)
  const meanings = [...now.map(() => null), ...messages.map(printable)].slice(0, MOST_SENTENCES)
  return { sentences: texts.map((text) => oneLine(text, 1024)), messages: meanings }
}

async function prepareStep(deps: SessionDeps, step: PrepareOrder): Promise<PreparedStep> {
  const { stepId, name, params, holdMs } = step
  try {
    const prepared: Prepared =
      step.kind === 'inject'
        ? await deps.engine.prepare({ action: name, params, holdMs })
        : await prepareExercise(deps, { name, params, runId: null, stepId })
    const { digest, effect } = prepared
    return {
      ok: true,
      stepId,
      touches: prepared.touches.slice(0, 64).map((text) => oneLine(text, 512)),
      ...saidOf(prepared),
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
