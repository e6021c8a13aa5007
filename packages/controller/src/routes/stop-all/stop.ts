import { API, StopAllView } from '@chaos-lite/shared/api'
import { clientIds, who } from '../../plugins/own/access.ts'
import type { Endpoint } from '../endpoint.ts'

/** The one button: stops and puts back everything of the user's clients. */
export const stopAll: Endpoint = (app, { services }) => {
  app.route({
    method: 'POST',
    url: `${API}/stop-all`,
    config: { access: 'operator' },
    schema: { tags: ['stop all'], response: { 200: StopAllView } },
    handler: (request) => services.stopAll(clientIds(request), who(request).name),
  })
}
