import { API, DrillView } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { DrillParams } from '../params.ts'

/** A drill with its file byte for byte, also when mistakes keep it from being planned. */
export const showDrill: Endpoint = (app, { drills }) => {
  app.route({
    method: 'GET',
    url: `${API}/drills/:name`,
    config: { access: 'viewer' },
    schema: { tags: ['drills'], params: DrillParams, response: { 200: DrillView } },
    handler: (request) => drills.view(request.params.name),
  })
}
