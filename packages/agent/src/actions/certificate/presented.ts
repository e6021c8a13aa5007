import type { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import type { SeenAt } from './certificate-undo.ts'

const handshakeMs = 2_000

/**
 * The certificate that a TLS server of this host presents, whoever vouches for it; null where nobody answers with one.
 * Nothing is sent inside the connection. Never throws.
 */
export function presentedAt({ host, port, serverName }: SeenAt, signal: AbortSignal): Promise<X509Certificate | null> {
  const { promise, resolve } = Promise.withResolvers<X509Certificate | null>()
  // Not verified on purpose: an expired certificate is what is looked for, and nothing is believed.
  const name = serverName === null ? {} : { servername: serverName }
  const socket = connect({ host, port, rejectUnauthorized: false, ...name })
  const settle = (found: X509Certificate | null) => {
    socket.destroy()
    resolve(found)
  }
  socket.on('secureConnect', () => settle(socket.getPeerX509Certificate() ?? null))
  socket.on('error', () => settle(null))
  socket.on('close', () => settle(null))
  const limit = AbortSignal.any([signal, AbortSignal.timeout(handshakeMs)])
  limit.addEventListener('abort', () => settle(null), { once: true })
  if (limit.aborted) settle(null)
  return promise
}
