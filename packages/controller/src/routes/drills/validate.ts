import { API, ValidateRequest, ValidateView } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'

/** All mistakes of a drill's text; nothing is kept. */
export const validateDrill: Endpoint = (app, { drills }) => {
  app.route({
    method: 'POST',
    url: `${API}/drills/validate`,
    config: { access: 'viewer' },
    schema: { tags: ['drills'], body: ValidateRequest, response: { 200: ValidateView } },
    handler: (request) => ({ mistakes: [...drills.validate(request.body.source, request.body.file)] }),
  })
}
