import { ChaosError } from '@chaos-lite/shared'
import { API, RunRequest, RunRow } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Starts a plan that was looked at. */
export const startRun: Endpoint = (app, { runs, address }) => {
  app.route({
    method: 'POST',
    url: `${API}/runs`,
    config: { access: 'operator' },
    schema: { tags: ['runs'], body: RunRequest, response: { 201: RunRow } },
    async handler(request, reply) {
      if (address.closing) throw new ChaosError('wrong-state', 'The controller is shutting down; no run is started.')
      const { clientId, name } = who(request)
      return reply.code(201).send(await runs.start(request.body, clientId, name))
    },
  })
}
