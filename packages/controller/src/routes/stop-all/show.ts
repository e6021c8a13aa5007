import { API, StopAllView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import { notStored } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Where stopping everything stands, host by host. */
export const showStopAll: Endpoint = (app, { runs, store }) => {
  app.route({
    method: 'GET',
    url: `${API}/stop-all`,
    config: { access: 'viewer', rateLimit: false },
    schema: { tags: ['stop all'], response: { 200: StopAllView } },
    handler: async (request) => ({ ...(await runs.stopAllView(clientIds(request))), ...notStored(store) }),
  })
}
