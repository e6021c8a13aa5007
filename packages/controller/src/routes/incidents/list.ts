import { API, IncidentView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

const NEWEST = 200

/** What should not have happened: reused keys, broken chains, second agents. Newest first. */
export const listIncidents: Endpoint = (app, { store }) => {
  app.route({
    method: 'GET',
    url: `${API}/incidents`,
    config: { access: 'viewer' },
    schema: { tags: ['hosts'], response: { 200: z.array(IncidentView) } },
    async handler(request) {
      const found = await Promise.all(clientIds(request).map((clientId) => store.incidents.ofClient(clientId, NEWEST)))
      const incidents = found.flat().sort((a, b) => b.atMs - a.atMs)
      const hostIds = [...new Set(incidents.flatMap(({ hostId }) => hostId ?? []))]
      const names = new Map((await store.hosts.listed(hostIds)).map(({ hostId, name }) => [hostId, name]))
      return incidents.map((one) => ({ ...one, hostName: names.get(one.hostId ?? '') ?? null }))
    },
  })
}
