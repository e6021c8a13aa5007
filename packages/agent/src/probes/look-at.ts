import { ChaosError } from '@chaos-lite/shared'
import type { Thing } from '../host/index.ts'
import { faultOf, oneLine } from '../text/index.ts'
import type { ProbeContext } from './probe.ts'

/** Why something could not be looked at, for the message of a sample. */
export function whyNot(thrown: unknown): string {
  return thrown instanceof ChaosError ? oneLine(thrown.message, 400) : faultOf(thrown)
}

/**
 * Looks at what lies at a path, where the host's owner allows it: asked for the place that the path really leads to now.
 * Null where nothing is. What lies elsewhere is not even said to be there.
 * @throws ChaosError `policy-refused`, or why it cannot be looked at
 */
export async function lookAt<T>(
  { host, mayRead }: Pick<ProbeContext, 'host' | 'mayRead'>,
  path: string,
  work: (thing: Thing) => Promise<T>,
): Promise<T | null> {
  const refusal = () =>
    new ChaosError('policy-refused', "it leads to a place that this host's policy does not allow to be looked at")
  const seen = await host.files.look(path, (thing) => {
    if (!mayRead(thing.place)) throw refusal()
    return work(thing)
  })
  // A link that leads nowhere: what is missing there is not reported.
  if (seen === null && (await host.files.exists(path))) throw refusal()
  return seen
}
