import { API, StopAllView } from '@chaos-lite/shared/api'
import { clientIds, who } from '../../plugins/index.ts'
import { notStored } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** The one button: stops and rolls back everything of the user's clients. */
export const stopAll: Endpoint = (app, { runs, store }) => {
  app.route({
    method: 'POST',
    url: `${API}/stop-all`,
    config: { access: 'operator', rateLimit: false },
    schema: { tags: ['stop all'], response: { 200: StopAllView } },
    async handler(request) {
      const view = await runs.stopAll(clientIds(request), who(request).name)
      return { ...view, ...notStored(store) }
    },
  })
}
