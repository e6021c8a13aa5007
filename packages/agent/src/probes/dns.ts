import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import * as z from 'zod'
import {
  canonicalAddress,
  HostName,
  HostOrAddress,
  hostQuestion,
  IpAddress,
  PATIENCE_MS,
  PatienceMs,
  Port,
} from '../params/index.ts'
import { faultOf } from '../text/index.ts'
import { defineProbe, type ProbeContext } from './probe.ts'

const Params = z.strictObject({
  name: HostName,
  server: HostOrAddress.optional().describe("A name server to ask; default: the operating system's resolver"),
  serverPort: Port.optional().describe('Its port; default: 53'),
  expectAddress: IpAddress.optional().describe('The address that a client would get first'),
  withinMs: PatienceMs.optional(),
})
type Params = z.infer<typeof Params>

const JOINED_MAX = 8

/** To which addresses does a name resolve, as any program on this host would see it, or as one name server says? */
export const dnsProbe = defineProbe({
  name: 'dns',
  summary: 'To which address does a name resolve on this host, or at one name server?',
  needs: ['resolver'],
  params: Params,
  value: {
    resolved: 'true when there is an address',
    first: 'the address a client would get first, or null',
    addresses: 'the first eight, joined by commas',
    count: 'how many there are',
    expected: 'true when the first one is expectAddress (without one: when there is any)',
    lookupMs: 'time it took',
    error: 'why there is none, such as ENOTFOUND, or null',
  },
  expect: () => ({ expected: true }),
  asks: ({ name, server }) => [
    { kind: 'lookup', value: name },
    ...(server === undefined ? [] : [hostQuestion(server)]),
  ],
  timeoutMs: ({ withinMs }) => withinMs ?? PATIENCE_MS,
  async look(context, params) {
    const startMs = context.host.clock.monoMs()
    const outcome = await ask(context, params)
    const found = outcome.addresses
    const first = found[0] ?? null
    const wanted = params.expectAddress === undefined ? first : canonicalAddress(params.expectAddress)
    return {
      evaluated: true,
      message: messageOf(params, first, outcome.error),
      value: {
        resolved: found.length > 0,
        first,
        addresses: found.slice(0, JOINED_MAX).join(','),
        count: found.length,
        expected: first !== null && first === wanted,
        lookupMs: Math.round(context.host.clock.monoMs() - startMs),
        error: outcome.error,
      },
    }
  },
})

/** Where a name leads, in words: `expected is false` would say nothing to a person. */
function messageOf({ name, expectAddress }: Params, first: string | null, error: string | null): string | null {
  if (error !== null) return `${name} does not resolve: ${error}`
  if (first === null) return `${name} does not resolve: it has no address`
  if (expectAddress === undefined || first === canonicalAddress(expectAddress)) return null
  return `${name} leads to ${first}, not to ${expectAddress}`
}

async function ask(
  { host, signal }: ProbeContext,
  { name, server, serverPort }: Params,
): Promise<{ addresses: string[]; error: string | null }> {
  try {
    const found =
      server === undefined
        ? await host.resolver.lookup(name, signal)
        : await askServer(host, { host: server, port: serverPort ?? 53 }, name, signal)
    return { addresses: found.map(canonicalAddress), error: null }
  } catch (thrown) {
    if (signal.aborted) throw thrown
    return { addresses: [], error: faultOf(thrown) }
  }
}

/** A and AAAA records from one server, IPv4 first. */
async function askServer(
  host: ProbeContext['host'],
  server: { host: string; port: number },
  name: string,
  signal: AbortSignal,
) {
  const address = isIP(server.host) === 0 ? (await host.resolver.lookup(server.host, signal))[0] : server.host
  if (address === undefined) throw new Error(`the name server ${server.host} has no address`)
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  resolver.setServers([`${isIP(address) === 6 ? `[${address}]` : address}:${server.port}`])
  const onAbort = () => resolver.cancel()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length === 0 && four.status === 'rejected') throw four.reason
    return found
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
