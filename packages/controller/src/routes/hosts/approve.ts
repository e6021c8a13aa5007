import { API, HostView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/own/access.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** Lets an enrolled host take part. If it waits on its link, it is let in at once. */
export const approveHost: Endpoint = (app, { hosts, store, gateway, live }) => {
  app.route({
    method: 'POST',
    url: `${API}/hosts/:hostId/approve`,
    config: { access: 'administrator' },
    schema: { tags: ['hosts'], params: HostParams, response: { 200: HostView } },
    async handler(request) {
      const { hostId } = await hosts.one(request.params.hostId, clientIds(request))
      await store.hosts.setState(hostId, 'approved')
      gateway.approve(hostId)
      live.hostChanged(hostId)
      return hosts.one(hostId, clientIds(request))
    },
  })
}
