import { API } from '@chaos-lite/shared/api'
import type { FastifyError } from 'fastify'
import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'
import { NoContent } from '../params.ts'

/** Groups of thousands of alerts come in one message. */
const MAX_BYTES = 1024 * 1024
const URL = `${API}/alerts/:secret`
const Params = z.object({ secret: z.string().max(64) })
const OTHER_METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'] as const

/**
 * A monitoring system reports. The answer is the same whatever is in the message and whether an alert was awaited or not,
 * so that guessing addresses reveals nothing; what the message was taken for is in the record of the run.
 */
export const receiveAlert: Endpoint = (app, { alerts }) => {
  // A scope of its own, because here any type of body is accepted.
  app.register(async (room) => {
    room.removeAllContentTypeParsers()
    room.addContentTypeParser('*', { bodyLimit: MAX_BYTES, parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    room.setErrorHandler<FastifyError>(async (error, request) => {
      const { secret } = request.params as Partial<z.infer<typeof Params>>
      if (error.statusCode === 413 && request.method === 'POST' && secret !== undefined) await alerts.refused(secret)
      throw error
    })
    const typed = room.withTypeProvider<import('fastify-type-provider-zod').ZodTypeProvider>()
    const config = { access: 'public', rateLimit: { max: 120, timeWindow: 60_000 } } as const
    typed.route({
      method: 'POST',
      url: URL,
      bodyLimit: MAX_BYTES,
      config,
      schema: { tags: ['alerts'], params: Params, response: { 204: NoContent } },
      async handler(request, reply) {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        await alerts.receive(request.params.secret, { body, contentType: request.headers['content-type'] ?? '' })
        return reply.code(204).send()
      },
    })
    typed.route({
      method: [...OTHER_METHODS],
      url: URL,
      config,
      schema: { hide: true, params: Params },
      async handler(request, reply) {
        reply.header('allow', 'POST')
        const sentence = `Alerts are sent to this address by POST, not by ${request.method}: nothing was counted. Set the method to POST.`
        throw Object.assign(new Error(sentence), { statusCode: 405 })
      },
    })
  })
}
