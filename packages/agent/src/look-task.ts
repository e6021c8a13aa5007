import { ChaosError } from '@chaos-lite/shared'
import * as z from 'zod'
import type { Task } from './child/index.ts'
import { placeOfProbes } from './compose.ts'
import { checkProbe } from './probes/index.ts'

const Look = z.strictObject({ probe: z.string(), params: z.json() })

/** One look with a probe. What the host's owner allows is asked here once more, of the files as they are now. */
export const lookTask: Task = async (input) => {
  const { probe: name, params: given } = Look.parse(input)
  const { host, local, policy } = await placeOfProbes()
  const order = { probe: name, params: given as Record<string, unknown> }
  const { probe, params, mayRead } = checkProbe(order as never, await policy(), host.clock.wallMs())
  // Ended by being killed.
  const { signal } = new AbortController()
  try {
    return await probe.look({ host, local, mayRead, signal }, params)
  } catch (thrown) {
    if (thrown instanceof ChaosError) throw thrown
    throw new ChaosError('tool-failed', `The probe ${name} failed: ${String(thrown)}`)
  }
}
