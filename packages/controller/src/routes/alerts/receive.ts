import { API } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'
import { NoContent } from '../params.ts'

const MAX_BYTES = 64 * 1024

/**
 * A monitoring system reports. Whatever it sends is not read: that it came to this address is the message. The answer
 * is the same whether an alert was awaited or not, so that guessing addresses tells nothing.
 */
export const receiveAlert: Endpoint = (app, { alerts }) => {
  // A room of its own, because here any type of body is welcome.
  app.register(async (room) => {
    room.removeAllContentTypeParsers()
    room.addContentTypeParser('*', { bodyLimit: MAX_BYTES, parseAs: 'buffer' }, (_request, _body, done) =>
      done(null, null),
    )
    room.withTypeProvider<import('fastify-type-provider-zod').ZodTypeProvider>().route({
      method: 'POST',
      url: `${API}/alerts/:secret`,
      bodyLimit: MAX_BYTES,
      config: { access: 'public', rateLimit: { max: 120, timeWindow: 60_000 } },
      schema: { tags: ['alerts'], params: z.object({ secret: z.string().max(64) }), response: { 204: NoContent } },
      async handler(request, reply) {
        await alerts.receive(request.params.secret)
        return reply.code(204).send()
      },
    })
  })
}
