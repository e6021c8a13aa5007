import { X509Certificate } from 'node:crypto'
import { writeEnrolmentToken } from '@chaos-lite/shared'
import { API, TokenRequest, TokenView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/**
 * What installs and enrols at once: enrolled without its services, a host would never come. The digest is left to the
 * person, who has it from the build: a stolen controller must not choose which program is installed.
 */
const INSTALL = 'sh install-agent.sh --binary chaos-lite-agent --sha256 DIGEST'

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
      const command = `${INSTALL} --controller ${address.publicUrl} --token-file -`
      const token = writeEnrolmentToken({ secret: made.token, authority: authorityIn(address.caPem) })
      return reply.code(201).send({ ...made, token, command })
    },
  })
}

/** As a token carries it: DER, base64url. */
function authorityIn(pem: string | null): string | null {
  return pem === null ? null : new X509Certificate(pem).raw.toString('base64url')
}
