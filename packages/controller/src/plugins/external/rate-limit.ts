import { ChaosError } from '@chaos-lite/shared'
import { fastifyRateLimit } from '@fastify/rate-limit'
import { fastifyPlugin } from 'fastify-plugin'

/** One address may ask this often in a minute: far more than any screen does. */
const PER_MINUTE = 3_000

/** Bounds what one address can ask for. Guessing passwords is slowed down elsewhere (`services/auth/log-in-guard.ts`). */
export const rateLimit = fastifyPlugin(
  async (app) => {
    await app.register(fastifyRateLimit, {
      max: PER_MINUTE,
      timeWindow: 60_000,
      errorResponseBuilder: (_request, { after }) => new ChaosError('too-many', `Too many requests; wait ${after}.`),
    })
  },
  { name: 'rate-limit' },
)
