import { API, ValidateRequest, ValidateView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** All mistakes of a drill's text; nothing is kept. */
export const validateDrill: Endpoint = (app, { drills }) => {
  app.route({
    method: 'POST',
    url: `${API}/drills/validate`,
    config: { access: 'viewer', costly: true },
    schema: { tags: ['drills'], body: ValidateRequest, response: { 200: ValidateView } },
    async handler(request) {
      const { source, file } = request.body
      return { mistakes: [...(await drills.validate(source, file, who(request).userId))] }
    },
  })
}
