import { API, TokenRequest, TokenView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** A one-time token that lets one host enrol. */
export const createToken: Endpoint = (app, { enrolment }) => {
  app.route({
    method: 'POST',
    url: `${API}/tokens`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], body: TokenRequest, response: { 201: TokenView } },
    async handler(request, reply) {
      const { clientId, name } = who(request)
      return reply.code(201).send(await enrolment.invite({ ...request.body, clientId, by: name }))
    },
  })
}
