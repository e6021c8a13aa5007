import { fastifyHelmet } from '@fastify/helmet'
import { fastifyPlugin } from 'fastify-plugin'
import type { AppContext } from '../../context.ts'

/**
 * Headers that keep a browser from doing more than the dashboard needs. Only our own scripts run: text that an agent
 * sends can never become one. Styles may be inline, because the component library sets them so; scripts may not.
 */
export const helmet = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    await app.register(fastifyHelmet, {
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          fontSrc: ["'self'"],
          connectSrc: ["'self'"],
          manifestSrc: ["'self'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      frameguard: { action: 'deny' },
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: context.address.secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    })
  },
  { name: 'helmet' },
)
