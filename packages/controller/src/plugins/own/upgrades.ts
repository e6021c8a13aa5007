import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { AGENT_PATH } from '@chaos-lite/shared'
import { LIVE_PATH } from '@chaos-lite/shared/api'
import type { FastifyInstance } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'
import type { AppContext } from '../../context.ts'
import { refuseUpgrade } from '../../gateway/index.ts'
import type { Identity } from '../../services/index.ts'
import { SESSION_COOKIE } from '../external/session.ts'
import { type Asking, identityOf } from './identity-of.ts'

/** Sends WebSocket upgrades where they belong: agents to the gateway, watchers (after they are known) to the live stream. */
export const upgrades = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Until the WebSocket takes over, nobody else listens for errors.
      const onError = () => socket.destroy()
      socket.on('error', onError)
      const path = request.url?.split('?')[0]
      if (path === AGENT_PATH) {
        socket.off('error', onError)
        return context.gateway.handleUpgrade(request, socket, head)
      }
      if (path !== LIVE_PATH) return refuseUpgrade(socket, 404, 'There is nothing here.')
      watcherOf(app, context, request)
        .then((asked) => {
          if (typeof asked === 'string') return refuseUpgrade(socket, 403, asked)
          socket.off('error', onError)
          context.live.accept(request, socket, head, asked)
        })
        .catch((error: unknown) => {
          context.log.error({ err: error }, 'a watcher could not be let in')
          refuseUpgrade(socket, 500, 'The controller failed; see its log.')
        })
    })
  },
  { name: 'upgrades', dependencies: ['session'] },
)

/**
 * Who wants to watch, or the sentence that refuses. A browser sends its cookie to us from any page, so a cookie counts
 * only together with our exact origin; a missing origin is refused too.
 */
async function watcherOf(
  app: FastifyInstance,
  context: AppContext,
  request: IncomingMessage,
): Promise<Identity | string> {
  const { authorization, origin } = request.headers
  if (origin !== undefined && !context.address.origins.has(origin))
    return 'The page that asks is not of this controller.'
  if (authorization === undefined && origin === undefined) return 'An Origin is needed with a cookie.'
  const session = authorization === undefined ? await sessionOf(app, request) : emptySession
  const identity = await identityOf({ headers: { authorization }, session }, context.auth)
  if (!identity) return 'Log in first.'
  return identity.mustChangePassword ? 'Set your own password first.' : identity
}

const emptySession: Asking['session'] = { sessionId: '', cookie: { originalMaxAge: null } }

async function sessionOf(app: FastifyInstance, request: IncomingMessage): Promise<Asking['session']> {
  const signed = app.parseCookie(request.headers.cookie ?? '')[SESSION_COOKIE]
  if (signed === undefined) return emptySession
  const found: { session?: Asking['session'] } = {}
  await new Promise<void>((resolve, reject) => {
    app.decryptSession(signed, found, (error) => (error ? reject(error) : resolve()))
  })
  return found.session ?? emptySession
}
