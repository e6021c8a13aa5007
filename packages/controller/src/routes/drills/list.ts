import { API, DrillView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'
import { longJson } from '../long-json.ts'

/** All drills, those with mistakes included. */
export const listDrills: Endpoint = (app, { drills }) => {
  app.route({
    method: 'GET',
    url: `${API}/drills`,
    config: { access: 'viewer' },
    schema: { tags: ['drills'], response: { 200: z.array(DrillView) } },
    handler: async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(longJson(drills.all()) as unknown as DrillView[]),
  })
}
