import { API, LogInRequest, SessionView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { hashOf } from '../../secrets/index.ts'
import { notStored } from '../../services/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Logs in: a browser gets a cookie; with the header `accept-token: yes` a program gets a bearer token instead. */
export const logIn: Endpoint = (app, { auth, metrics, store, whoAsks }) => {
  app.route({
    method: 'POST',
    url: `${API}/session`,
    config: { access: 'public', rateLimit: { max: 60, timeWindow: 60_000 } },
    schema: {
      tags: ['session'],
      body: LogInRequest,
      headers: z.object({ 'accept-token': z.enum(['yes']).optional() }),
      response: { 200: SessionView.extend({ token: z.string().optional() }) },
    },
    async handler(request) {
      const { user: name, password } = request.body
      const user = await auth.logIn(name, password, whoAsks(request.raw).network).catch((error: unknown) => {
        metrics.count('chaos_lite_log_ins_failed_total')
        throw error
      })
      metrics.count('chaos_lite_log_ins_total')
      const { userId, sessionEpoch } = user
      const wantsToken = request.headers['accept-token'] === 'yes'
      const token = wantsToken ? await auth.makeToken(user) : undefined
      if (!wantsToken) {
        // A new id at log-in: one that was planted before it is worth nothing.
        await request.session.regenerate()
        request.session.userId = userId
        request.session.sessionEpoch = sessionEpoch
      }
      const hash = hashOf(token ?? request.session.sessionId)
      const identity = await auth.identify({
        ...{ hash, kind: wantsToken ? 'token' : 'session', userId, sessionEpoch },
        ...{ createdMs: 0, expiresMs: 0, data: '' },
      })
      if (!identity) throw new Error('A user vanished while logging in.')
      // The session itself is stored when this answer is sent; here it is stored ahead, so that the answer can say so.
      if (!wantsToken) await request.session.save()
      return { ...auth.view(identity), ...notStored(store), ...(token === undefined ? {} : { token }) }
    },
  })
}
