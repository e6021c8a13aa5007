import { API, PreviewRequest } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** When an expression would fire. Nothing is stored. */
export const previewSchedule: Endpoint = (app, { workers }) => {
  app.route({
    method: 'POST',
    url: `${API}/schedules/preview`,
    config: { access: 'logged in', costly: true },
    schema: {
      tags: ['schedules'],
      body: PreviewRequest,
      response: { 200: z.object({ instantsMs: z.array(z.int()) }) },
    },
    handler: async (request) => ({
      instantsMs: await workers.run('previewSlots', request.body, { key: who(request).userId }),
    }),
  })
}
