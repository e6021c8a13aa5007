import { ChaosError } from '@chaos-lite/shared'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fastifyPlugin } from 'fastify-plugin'
import { type Access, mayUse } from '../../access/index.ts'
import type { AppContext } from '../../context.ts'
import type { Identity } from '../../services/index.ts'
import { identityOf } from './identity-of.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyRequest {
    identity: Identity | null
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Asks on each route who is asking. The answer hangs on the route itself, never on how its address begins; a route that
 * does not say who may use it keeps the controller from starting.
 */
export const access = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    app.decorateRequest('identity', null)
    app.addHook('onRoute', (route) => {
      const needed = route.config?.access
      if (needed === undefined)
        throw new Error(`${route.method} ${route.url} does not say who may use it (config.access).`)
      if (needed === 'public') return
      const before = route.onRequest === undefined ? [] : [route.onRequest].flat()
      route.onRequest = [guard(context, needed), ...before]
    })
  },
  { name: 'access', dependencies: ['session'] },
)

function guard(context: AppContext, needed: Exclude<Access, 'public'>) {
  return async (request: FastifyRequest, _reply: FastifyReply): Promise<void> => {
    const identity = await identityOf(request, context.auth)
    if (!identity) throw new ChaosError('not-logged-in', 'Log in first: your session is missing or has ended.')
    // Bearer tokens are never sent by a browser on its own; cookies are.
    if (request.headers.authorization === undefined && !SAFE.has(request.method)) checkOrigin(request, context)
    request.identity = identity
    if (needed === 'logged in') return
    if (identity.mustChangePassword) {
      throw new ChaosError('not-allowed', 'The first password works once: set your own password before anything else.')
    }
    if (!mayUse(identity.role, needed)) {
      throw new ChaosError('not-allowed', `This needs the role ${needed}; yours is ${identity.role}.`)
    }
  }
}

function checkOrigin(request: FastifyRequest, { address }: AppContext): void {
  const { origin } = request.headers
  if (origin !== undefined && address.origins.has(origin)) return
  throw new ChaosError(
    'not-allowed',
    'This request did not come from a page of this controller (its Origin is another).',
  )
}

/** The identity that the guard has put there. */
export function who(request: FastifyRequest): Identity {
  if (!request.identity) throw new ChaosError('not-logged-in', 'Log in first.')
  return request.identity
}

/** The ids of the clients whose things this user may see. */
export function clientIds(request: FastifyRequest): readonly string[] {
  return who(request).clients.map((client) => client.clientId)
}
