import type { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import { fastifyWebsocket } from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'

/** What a watcher sends is short; a longer message closes the connection with 1009. */
const MAX_FRAME_BYTES = 4 * 1024
/** RFC 6455, 7.4.1: the server met something unexpected. */
const INTERNAL_ERROR = 1011

/**
 * Routes with a `wsHandler` take WebSockets. An upgrade request passes the hooks of its route like any other request,
 * and is answered with HTTP when one of them throws. `server`: what announces the requests that are meant for routes.
 */
export const websocket = fastifyPlugin<{ server: EventEmitter }>(
  async (app, { server }) => {
    await app.register(fastifyWebsocket, {
      // Of the server, the plugin only uses the event `upgrade`.
      options: { server: server as Server, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false },
      errorHandler(error, socket, request) {
        // `ws` itself closes a socket whose error this is, with the code that says why.
        if (socket.readyState !== socket.OPEN) return
        request.log.error({ err: error }, 'a WebSocket could not be served')
        socket.close(INTERNAL_ERROR)
      },
      preClose: (done) => end(app, done),
    })
  },
  { name: 'websocket' },
)

/** Who was asked to go (`live.close`) and is still here is cut off: the server does not stop while a socket is open. */
function end(app: FastifyInstance, done: () => void): void {
  for (const socket of app.websocketServer.clients) socket.terminate()
  app.websocketServer.close(() => done())
}
