import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** A host of the companies that the user may see; `not-found` for any other, so that ids disclose nothing. */
export const showHost: Endpoint = (app, { hosts }) => {
  app.route({
    method: 'GET',
    url: `${API}/hosts/:hostId`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], params: HostParams, response: { 200: HostView } },
    handler: (request) => hosts.one(request.params.hostId, clientIds(request)),
  })
}
