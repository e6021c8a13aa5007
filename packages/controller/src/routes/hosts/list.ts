import { API, HostView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/own/access.ts'
import type { Endpoint } from '../endpoint.ts'

/** All hosts of the user's clients. */
export const listHosts: Endpoint = (app, { hosts }) => {
  app.route({
    method: 'GET',
    url: `${API}/hosts`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], response: { 200: z.array(HostView) } },
    handler: (request) => hosts.ofClients(clientIds(request)),
  })
}
