import { API } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { NoContent } from '../params.ts'

/** Ends this session or token, and the live streams opened with it. */
export const logOut: Endpoint = (app, { auth, live }) => {
  app.route({
    method: 'DELETE',
    url: `${API}/session`,
    config: { access: 'logged in' },
    schema: { tags: ['session'], response: { 204: NoContent } },
    async handler(request, reply) {
      const { logInHash } = who(request)
      await auth.end(logInHash)
      live.loggedOut({ logInHash })
      if (request.headers.authorization === undefined) await request.session.destroy()
      return reply.code(204).send()
    },
  })
}
