import { type ProbeStatus, sentenceOf } from '@chaos-lite/shared'
import type { EffectProbe } from '../actions/index.ts'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Host } from '../host/index.ts'
import type { Policy } from '../policy/index.ts'
import type { Apart } from '../probes/index.ts'
import { checkProbe, takeSample } from '../probes/index.ts'

/** One look at the consumer's path. */
export interface Seen {
  readonly status: ProbeStatus
  /** Why it is not up; null when it is. */
  readonly message: string | null
}

/** Looks once with an action's own effect probe. Never throws: what could not be looked at was not evaluated. */
export type EffectLook = (signal: AbortSignal) => Promise<Seen>

/** Prepares a look. It is checked against the policy as any probe is, and `not evaluated` where that refuses it. */
export function effectLook(
  spec: EffectProbe,
  place: {
    readonly host: Host
    readonly local: LocalDefinitions
    readonly policy: Policy
    readonly apart?: Apart | undefined
  },
): EffectLook {
  return async (signal) => {
    try {
      const { host, local, policy, apart } = place
      const { probe, params, mayRead } = checkProbe(
        { probe: spec.probe, params: spec.params as never },
        policy,
        host.clock.wallMs(),
        true,
      )
      const sample = await takeSample({
        probe,
        params,
        expect: probe.expect(params),
        host,
        local,
        mayRead,
        apart,
        signal,
      })
      return sample ?? { status: 'not evaluated', message: 'The look was ended.' }
    } catch (thrown) {
      return { status: 'not evaluated', message: sentenceOf(thrown) }
    }
  }
}
