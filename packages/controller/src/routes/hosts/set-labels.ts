import { Labels } from '@chaos-lite/shared'
import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** Sets a host's labels: they decide which drills reach it. */
export const setLabels: Endpoint = (app, { hosts, store, live }) => {
  app.route({
    method: 'PUT',
    url: `${API}/hosts/:hostId/labels`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], params: HostParams, body: Labels, response: { 200: HostView } },
    async handler(request) {
      const { hostId } = await hosts.one(request.params.hostId, clientIds(request))
      await store.hosts.setLabels(hostId, request.body)
      live.hostChanged(hostId)
      return hosts.one(hostId, clientIds(request))
    },
  })
}
