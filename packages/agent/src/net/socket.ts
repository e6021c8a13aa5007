import { ChaosError, HANDSHAKE_MS, MAX_FRAME_BYTES, SUBPROTOCOL, sentenceOf } from '@chaos-lite/shared/plain'
import { WebSocket } from 'ws'
import { linkAddress } from './address.ts'
import { proxyFor } from './proxy-for.ts'

/** Where to connect, and whom to trust there. Certificates are always checked; there is no option that turns it off. */
export interface SocketOptions {
  readonly controllerUrl: string
  /** When given, only certificates of this authority are accepted; otherwise those of Node's own list. */
  readonly caPem: string | null
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the WebSocket. TLS is always verified: the option is set here, so that `NODE_TLS_REJECT_UNAUTHORIZED` in the
 * environment changes nothing. Compression is off, frames are bounded, and so are their fragments.
 * The socket is paused: add listeners, then call `resume()`.
 * @throws ChaosError `host-offline` when the controller cannot be reached or is not what it should be
 */
export async function openSocket(options: SocketOptions): Promise<WebSocket> {
  const { url, loopback } = linkAddress(options.controllerUrl)
  const hasProxy = !loopback && proxyFor(new URL(url)) !== null
  // Loaded only where there is one: most hosts need none, and pay for none.
  const agent = hasProxy ? (await import('./proxy.ts')).proxyAgent(new URL(url)) : null
  const socket = new WebSocket(url, [SUBPROTOCOL], {
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    handshakeTimeout: HANDSHAKE_MS,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(options.caPem === null ? {} : { ca: options.caPem }),
    ...(agent ? { agent } : {}),
  })
  return await opened(socket, options.controllerUrl, options.signal)
}

function opened(socket: WebSocket, controllerUrl: string, signal: AbortSignal | undefined): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const abort = () => socket.terminate()
    const settle = () => {
      signal?.removeEventListener('abort', abort)
      socket.off('open', onOpen)
    }
    const onOpen = () => {
      settle()
      // Frames may have come together with the upgrade: none is read before somebody listens.
      socket.pause()
      resolve(socket)
    }
    // This listener stays for the life of the socket: an error without a listener would end the process.
    socket.on('error', (error) => {
      settle()
      reject(
        new ChaosError('host-offline', `The controller at ${controllerUrl} cannot be reached: ${sentenceOf(error)}`, {
          cause: error,
        }),
      )
    })
    socket.once('open', onOpen)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
  })
}
