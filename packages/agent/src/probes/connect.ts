import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { ChaosError } from '@chaos-lite/shared'
import type { Host } from '../host/index.ts'
import { canonicalAddress } from '../params/index.ts'

/** How long each part of making a connection took, in whole milliseconds; null: it was not measured, or not reached. */
export interface ConnectTimes {
  /** Null where an address was given: there was no name to resolve. */
  dnsMs: number | null
  connectMs: number | null
}

/** A new connection. */
export interface Connected {
  readonly socket: Socket
  readonly peerAddress: string
}

/** One address after another gets this long before the next is tried beside it, as browsers do (RFC 8305). */
const NEXT_ADDRESS_AFTER_MS = 1_000

/**
 * Resolves as any program on this host would (the hosts file decides) and connects anew. Rejects with the system's
 * error; the signal ends it at any point. What was measured by then is in `times`.
 */
export async function connectTo(
  host: Host,
  to: { readonly host: string; readonly port: number },
  signal: AbortSignal,
  times: ConnectTimes,
): Promise<Connected> {
  const startMs = host.clock.monoMs()
  const isName = isIP(to.host) === 0
  const addresses = isName ? await host.resolver.lookup(to.host, signal) : [to.host]
  if (isName) times.dnsMs = Math.round(host.clock.monoMs() - startMs)
  if (addresses.length === 0) throw new ChaosError('not-there', `The name ${to.host} has no address`)
  const resolvedMs = host.clock.monoMs()
  const socket = await open(addresses, to.port, signal)
  times.connectMs = Math.round(host.clock.monoMs() - resolvedMs)
  return { socket, peerAddress: canonicalAddress(socket.remoteAddress ?? '') }
}

function open(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  const known = addresses.map((address) => ({ address, family: isIP(address) }))
  const lookup: LookupFunction = (_name, _options, done) => done(null, known)
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = connect({
      host: 'resolved-before',
      port,
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_AFTER_MS,
    })
    const onAbort = () => socket.destroy(signal.reason instanceof Error ? signal.reason : new Error('ended'))
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (then: () => void) => {
      signal.removeEventListener('abort', onAbort)
      then()
    }
    socket.once('connect', () => settle(() => resolve(socket.setNoDelay(true))))
    socket.on('error', (error) => settle(() => reject(error)))
  })
}
