import type { FastifyRequest } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'
import { networkOf } from '../../asking/index.ts'
import type { AppContext } from '../../context.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answer may take much computing or many bytes: who has used up their share waits. Never for what stops a run. */
    costly?: true
  }
}

/** Limits by what requests cost, beside the rate limit, which counts them. */
export const costs = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    app.addHook('preHandler', async (request) => {
      if (request.routeOptions.config.costly) context.costs.check(chargedFor(request))
    })
    app.addHook('onSend', async (request, _reply, payload) => {
      // Streams are charged as they are read.
      const bytes = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload.length : 0
      if (request.identity !== null) context.costs.spend(chargedFor(request), { bytes })
    })
  },
  { name: 'costs', dependencies: ['access'] },
)

/** Whom this request is charged to. `ip` is what `whoAsks` trusts: the server was given the same proxies. */
export function chargedFor({ identity, ip }: FastifyRequest): (`user ${string}` | `address ${string}`)[] {
  return identity === null ? [`address ${networkOf(ip)}`] : [`user ${identity.userId}`, `address ${networkOf(ip)}`]
}
