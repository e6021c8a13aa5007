import { fastifyCookie } from '@fastify/cookie'
import { fastifySession } from '@fastify/session'
import { fastifyPlugin } from 'fastify-plugin'
import type { AppContext } from '../../context.ts'
import { randomSecret } from '../../secrets/index.ts'
import { SESSION_MS } from '../../services/index.ts'
import { sessionStore } from '../own/session-store.ts'

/** The cookie of a browser's session. Other versions know it: another name logs everybody out once. */
const SESSION_COOKIE = 'chaos-lite-session'

/** Browser sessions: a cookie that scripts cannot read and that no other site's page can make the browser send. */
export const session = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    const secret = await context.store.settings.setOnce('session-secret', randomSecret())
    await app.register(fastifyCookie)
    await app.register(fastifySession, {
      secret,
      cookieName: SESSION_COOKIE,
      cookie: { path: '/', httpOnly: true, sameSite: 'strict', secure: context.address.secure, maxAge: SESSION_MS },
      saveUninitialized: false,
      rolling: false,
      store: sessionStore(context),
    })
  },
  { name: 'session' },
)
