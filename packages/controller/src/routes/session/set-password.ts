import { API, PasswordRequest, SessionView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Sets a new password. Every other log-in of this user, and all live streams, end at once. */
export const setPassword: Endpoint = (app, { auth, live, whoAsks }) => {
  app.route({
    method: 'POST',
    url: `${API}/session/password`,
    config: { access: 'logged in', rateLimit: { max: 30, timeWindow: 60_000 } },
    schema: { tags: ['session'], body: PasswordRequest, response: { 200: SessionView } },
    async handler(request) {
      const before = who(request)
      const { userId } = before
      const { current, next } = request.body
      const changed = await auth.changePassword(userId, current, next, whoAsks(request.raw).network)
      live.loggedOut({ userId })
      if (request.headers.authorization === undefined) {
        await request.session.regenerate()
        request.session.userId = userId
        request.session.sessionEpoch = changed.sessionEpoch
      }
      return auth.view({ ...before, mustChangePassword: changed.mustChangePassword })
    },
  })
}
