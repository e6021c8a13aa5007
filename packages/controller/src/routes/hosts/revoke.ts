import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** Bars a host for ever and closes its link at once. It rolls back what it holds when its lease lapses. */
export const revokeHost: Endpoint = (app, { hostAdmin }) => {
  app.route({
    method: 'POST',
    url: `${API}/hosts/:hostId/revoke`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], params: HostParams, response: { 200: HostView } },
    handler: (request) => hostAdmin.revoke(request.params.hostId, clientIds(request)),
  })
}
