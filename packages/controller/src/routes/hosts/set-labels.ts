import { Labels } from '@chaos-lite/shared'
import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** Sets a host's labels: they decide which drills reach it. */
export const setLabels: Endpoint = (app, { hostAdmin }) => {
  app.route({
    method: 'PUT',
    url: `${API}/hosts/:hostId/labels`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], params: HostParams, body: Labels, response: { 200: HostView } },
    handler: (request) => hostAdmin.setLabels(request.params.hostId, request.body, clientIds(request)),
  })
}
