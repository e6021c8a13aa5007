import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { CloseCode, MAX_FRAME_BYTES, SUBPROTOCOL } from '@chaos-lite/shared'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Asker, WhoAsks } from '../asking/index.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'
import { type Place, type StrangerLimits, Strangers } from './strangers.ts'

/** `closeTimeout` is newer than the types of `ws` that we have. */
const serverOptions = {
  noServer: true,
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
  clientTracking: true,
  // A frame of 256 KiB has no honest reason to come in more pieces.
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  // Nobody is kept waiting by a peer that does not agree to close.
  closeTimeout: 2_000,
  handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
} as const

/** Takes a socket that was let through; `place` learns how far its other side has come. */
export type Accept = (ws: WebSocket, asker: Asker, place: Place) => void

/** Where agents' upgrade requests come in: who is no agent, or one stranger too many, is refused before a WebSocket is made. */
export class Door {
  readonly #strangers: Strangers
  readonly #whoAsks: WhoAsks
  readonly #accept: Accept
  readonly #server = new WebSocketServer(serverOptions)
  #shut = false

  constructor({ limits, whoAsks, accept }: { limits: StrangerLimits; whoAsks: WhoAsks; accept: Accept }) {
    this.#strangers = new Strangers(limits)
    this.#whoAsks = whoAsks
    this.#accept = accept
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request)
    if (refusal) {
      refuseUpgrade(socket, ...refusal)
      return
    }
    const asker = this.#whoAsks(request)
    const place = this.#strangers.take(asker.network, () => socket.destroy())
    if (!place) {
      refuseUpgrade(socket, 503, 'Too many connections have not proved who they are.')
      return
    }
    socket.once('close', place.gone)
    this.#server.handleUpgrade(request, socket, head, (ws) => this.#accept(ws, asker, place))
  }

  /** Nobody comes in any more. */
  shut(): void {
    this.#shut = true
  }

  /** Closes every socket that is still open, and resolves when they are gone. */
  async close(): Promise<void> {
    this.#shut = true
    const ended = [...this.#server.clients].map((ws) => new Promise((resolve) => ws.once('close', resolve)))
    for (const ws of this.#server.clients) if (ws.readyState === ws.OPEN) ws.close(CloseCode.shuttingDown)
    await Promise.all(ended)
    this.#server.close()
  }

  #refusal({ headers }: IncomingMessage): [status: number, sentence: string] | null {
    if (this.#shut) return [503, 'The controller is shutting down.']
    // Browsers always send it, and agents never do: a web page must not be able to speak here.
    if (headers.origin !== undefined) return [403, 'Browsers are not welcome here.']
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    return offered.includes(SUBPROTOCOL) ? null : [400, `Speak ${SUBPROTOCOL}.`]
  }
}
