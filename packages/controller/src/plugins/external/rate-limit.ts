import { ChaosError } from '@chaos-lite/shared'
import { fastifyRateLimit } from '@fastify/rate-limit'
import { fastifyPlugin } from 'fastify-plugin'
import type { AppContext } from '../../context.ts'

/** One network may ask this often in a minute: far more than any screen does. */
const PER_MINUTE = 3_000

/** Bounds what one network can ask for. Guessing passwords is slowed down elsewhere (`services/auth/log-in-guard.ts`). */
export const rateLimit = fastifyPlugin<{ context: AppContext }>(
  async (app, { context }) => {
    await app.register(fastifyRateLimit, {
      max: PER_MINUTE,
      timeWindow: 60_000,
      keyGenerator: (request) => context.whoAsks(request.raw).network,
      errorResponseBuilder: (_request, { after }) => new ChaosError('too-many', `Too many requests; wait ${after}.`),
    })
  },
  { name: 'rate-limit' },
)
