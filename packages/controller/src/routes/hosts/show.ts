import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** One host. */
export const showHost: Endpoint = (app, { hosts }) => {
  app.route({
    method: 'GET',
    url: `${API}/hosts/:hostId`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], params: HostParams, response: { 200: HostView } },
    handler: (request) => hosts.one(request.params.hostId, clientIds(request)),
  })
}
