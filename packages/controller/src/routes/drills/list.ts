import { API, DrillView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'

/** All drills, those with mistakes included. */
export const listDrills: Endpoint = (app, { drills }) => {
  app.route({
    method: 'GET',
    url: `${API}/drills`,
    config: { access: 'viewer' },
    schema: { tags: ['drills'], response: { 200: z.array(DrillView) } },
    handler: () => [...drills.all()],
  })
}
