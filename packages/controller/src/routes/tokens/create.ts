import { API, TokenRequest, TokenView } from '@chaos-lite/shared'
import { who } from '../../plugins/own/access.ts'
import type { Endpoint } from '../endpoint.ts'

/** A one-time token that lets one host enrol. */
export const createToken: Endpoint = (app, { enrolment, address }) => {
  app.route({
    method: 'POST',
    url: `${API}/tokens`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], body: TokenRequest, response: { 201: TokenView } },
    async handler(request, reply) {
      const { clientId, name } = who(request)
      const made = await enrolment.makeToken({ ...request.body, clientId, by: name })
      const command = `chaos-lite-agent enrol --controller ${address.publicUrl} --token-file -`
      return reply.code(201).send({ ...made, command })
    },
  })
}
