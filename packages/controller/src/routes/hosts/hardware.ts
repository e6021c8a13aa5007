import { API, HardwareView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { HostParams } from '../params.ts'

/** What a host is made of, as its agent reported it last. */
export const showHardware: Endpoint = (app, { hosts }) => {
  app.route({
    method: 'GET',
    url: `${API}/hosts/:hostId/hardware`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], params: HostParams, response: { 200: HardwareView } },
    handler: (request) => hosts.hardware(request.params.hostId, clientIds(request)),
  })
}
