import type { IncomingMessage } from 'node:http'
import { ChaosError } from '@chaos-lite/shared'
import proxyAddr from '@fastify/proxy-addr'
import { networkOf } from './network-of.ts'

/** Who is asking, as far as the network can say. */
export interface Asker {
  /** The address of the machine that asks; behind a trusted proxy, the one that the proxy names. */
  readonly address: string
  /** What limits count by: see `networkOf`. */
  readonly network: string
}

/** The one answer to "who is asking", for the gateway, the rate limit and the log-in guard. */
export interface WhoAsks {
  (request: IncomingMessage): Asker
  /** Is this address, `hop` steps away from us, a proxy whose `X-Forwarded-For` is believed? */
  readonly trusts: (address: string, hop: number) => boolean
}

/**
 * `proxies`: addresses, networks (`10.0.0.0/8`) or `loopback`. Without any, only the address of the connection counts,
 * because everybody can write a header. The address is the last one in the chain that no trusted proxy has.
 * @throws ChaosError `request-invalid` for what is neither an address nor a network
 */
export function whoAsks(proxies: readonly string[]): WhoAsks {
  const trusts = compiled(proxies)
  const ask = (request: IncomingMessage): Asker => {
    // A socket that is gone has no address any more.
    const direct = request.socket.remoteAddress
    const address = direct === undefined ? 'unknown' : proxyAddr(request, trusts)
    return { address, network: networkOf(address) }
  }
  return Object.assign(ask, { trusts })
}

function compiled(proxies: readonly string[]): WhoAsks['trusts'] {
  if (proxies.length === 0) return () => false
  try {
    return proxyAddr.compile([...proxies])
  } catch (cause) {
    const given = proxies.join(', ')
    throw new ChaosError(
      'request-invalid',
      `--trust-proxy takes an address (192.0.2.7), a network (10.0.0.0/8) or "loopback"; given: ${given}`,
      { cause },
    )
  }
}
