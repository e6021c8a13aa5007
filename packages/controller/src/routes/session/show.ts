import { API, SessionView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import { notStored } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Who is logged in. */
export const showSession: Endpoint = (app, { auth, store }) => {
  app.route({
    method: 'GET',
    url: `${API}/session`,
    config: { access: 'logged in' },
    schema: { tags: ['session'], response: { 200: SessionView } },
    handler: (request) => ({ ...auth.view(who(request)), ...notStored(store) }),
  })
}
