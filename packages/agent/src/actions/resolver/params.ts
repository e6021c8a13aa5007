import { ChaosError } from '@chaos-lite/shared'
import { rangeOf, textOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import type { ActionContext } from '../action.ts'
import { HostName, IpAddress } from '../params.ts'

/** What `resolver.switch` is given. At most three servers: resolvers take no more (resolv.conf(5), MAXNS). */
export const ResolverParams = z.strictObject({
  servers: z.array(IpAddress).min(1).max(3).describe('The name servers that this host asks meanwhile'),
  name: HostName.describe('A name that resolves now, and shows the change'),
  expectAddress: IpAddress.optional().describe('The address it then leads to; default: it no longer resolves'),
})
export type ResolverParams = z.infer<typeof ResolverParams>

const lookupMs = 3_000

/** One form for each address, so that `::1` and `0:0:0:0:0:0:0:1` compare as equal; other text stays as it is. */
export function canonical(address: string): string {
  const range = rangeOf(address)
  return range === null ? address : textOf(range)
}

/** A name that does not resolve shows no loss, and one that leads there already shows no change. */
export async function refuseWithoutEffect(
  { host, signal }: ActionContext,
  { name, expectAddress }: ResolverParams,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(lookupMs)])
  const [first] = await host.resolver.lookup(name, limit).catch(() => [])
  if (expectAddress === undefined && first === undefined) {
    throw new ChaosError('wrong-state', `${name} does not resolve on this host now: its loss would not be seen.`)
  }
  if (expectAddress !== undefined && first !== undefined && canonical(first) === canonical(expectAddress)) {
    throw new ChaosError('wrong-state', `${name} leads to ${expectAddress} already: nothing would change.`)
  }
}
