import { isDeepStrictEqual } from 'node:util'
import { ChaosError, Params, type ProbeOrder } from '@chaos-lite/shared'
import * as z from 'zod'
import { findAction } from '../actions/index.ts'
import type { Policy } from '../policy/index.ts'
import { checkProbe } from '../probes/index.ts'
import { readFile, rename, writeFile } from '../small-files/index.ts'

/** A probe that an action of this agent proposed, and what for. */
const OwnEffect = z.strictObject({ action: z.string(), params: Params, probe: z.string(), probeParams: Params })
type OwnEffect = z.infer<typeof OwnEffect>
const EffectsFile = z.strictObject({ format: z.literal(1), effects: z.array(OwnEffect) })

type Asked = Pick<ProbeOrder, 'probe' | 'params'>

/**
 * The probes with which actions of this host show their effect: made by this agent when it prepared them, with a port or
 * process that it found itself. A controller may order such a probe without a line of the owner's, but only the very same
 * one, and only while the owner allows the action. They outlive this process: between a plan and its run it may rest.
 */
export interface OwnEffects {
  /** Called when an action was prepared, so that its owner had allowed it. Never throws. */
  remember(effect: OwnEffect, policy: Policy, wallMs: number): Promise<void>
  /** False also where the policy itself allows it: then nothing else is needed. */
  allows(order: Asked, policy: Policy, wallMs: number): Promise<boolean>
}

/** The newest ones; a plan has a few. */
const MOST = 128

/** @param file where they are kept; what cannot be read there counts as nothing */
export function ownEffects(file: string): OwnEffects {
  return {
    async remember(effect, policy, wallMs) {
      const asked = { probe: effect.probe, params: effect.probeParams }
      if (isAllowedAnyway(asked, policy, wallMs)) return
      const known = await read(file)
      if (known.some((one) => isDeepStrictEqual(one, effect))) return
      const effects = [...known, effect].slice(-MOST)
      try {
        await writeFile(`${file}.new`, JSON.stringify({ format: 1, effects }), { mode: 0o600 })
        await rename(`${file}.new`, file)
      } catch {
        // The run is refused then, with the line that would allow it: nothing is started.
      }
    },
    async allows({ probe, params }, policy, wallMs) {
      if (isAllowedAnyway({ probe, params }, policy, wallMs)) return false
      const met = (await read(file)).filter(
        (one) => one.probe === probe && isDeepStrictEqual(one.probeParams, plain(params)),
      )
      return met.some((one) => isActionAllowed(one, policy, wallMs))
    },
  }
}

/** Asked again: what the owner has taken back since the plan is not looked at any more. */
function isActionAllowed({ action: name, params }: OwnEffect, policy: Policy, wallMs: number): boolean {
  const action = findAction(name)
  const parsed = action?.params.safeParse(params)
  if (action === undefined || parsed?.success !== true) return false
  const about = { kind: 'action', name, harmless: false, holdMs: 0, wallMs } as const
  return policy.allows({ ...about, questions: action.asks(parsed.data) }).allowed
}

function isAllowedAnyway(order: Asked, policy: Policy, wallMs: number): boolean {
  try {
    checkProbe(order, policy, wallMs)
    return true
  } catch (thrown) {
    return !(thrown instanceof ChaosError && thrown.code === 'policy-refused')
  }
}

async function read(file: string): Promise<readonly OwnEffect[]> {
  try {
    return EffectsFile.parse(JSON.parse(await readFile(file, 'utf8'))).effects
  } catch {
    return []
  }
}

/** As it was written: what JSON does not know is not compared. */
function plain(params: unknown): unknown {
  return JSON.parse(JSON.stringify(params))
}
