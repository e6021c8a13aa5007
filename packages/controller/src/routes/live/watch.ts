import { ChaosError } from '@chaos-lite/shared'
import { LIVE_PATH } from '@chaos-lite/shared/api'
import type { FastifyRequest } from 'fastify'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** The live stream: a WebSocket. `WatcherFrame` and `LiveFrame` are what is said on it. */
export const watch: Endpoint = (app, { live, address }) => {
  app.route({
    method: 'GET',
    url: LIVE_PATH,
    config: { access: 'viewer' },
    schema: { hide: true },
    onRequest: async (request) => checkPage(request, address.origins),
    handler: (_request, reply) => reply.callNotFound(),
    wsHandler: (socket, request) => live.accept(socket, who(request)),
  })
}

/**
 * A browser sends its cookie to us from any page, so a cookie counts only together with our exact origin; a missing
 * origin is refused too. Programs with a bearer token send none.
 * @throws ChaosError `not-allowed`
 */
function checkPage({ headers }: FastifyRequest, origins: ReadonlySet<string>): void {
  const { authorization, origin } = headers
  if (origin === undefined && authorization === undefined)
    throw new ChaosError('not-allowed', 'An Origin is needed with a cookie.')
  if (origin !== undefined && !origins.has(origin))
    throw new ChaosError('not-allowed', 'The page that asks is not of this controller.')
}
