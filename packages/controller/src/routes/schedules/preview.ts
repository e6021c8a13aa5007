import { API, PreviewRequest } from '@chaos-lite/shared/api'
import { previewSlots } from '@chaos-lite/shared/schedule'
import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'

/** When an expression would fire. Nothing is stored. */
export const previewSchedule: Endpoint = (app) => {
  app.route({
    method: 'POST',
    url: `${API}/schedules/preview`,
    config: { access: 'logged in' },
    schema: {
      tags: ['schedules'],
      body: PreviewRequest,
      response: { 200: z.object({ instantsMs: z.array(z.int()) }) },
    },
    handler: (request) => ({ instantsMs: previewSlots(request.body) }),
  })
}
