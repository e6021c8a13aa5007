import { Plan } from '@chaos-lite/shared'
import { API, PlanRequest } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Resolves a drill against real hosts. Nothing is changed; a refusal names each host's reason. */
export const createPlan: Endpoint = (app, { plan }) => {
  app.route({
    method: 'POST',
    url: `${API}/plans`,
    config: { access: 'operator', costly: true },
    schema: { tags: ['runs'], body: PlanRequest, response: { 201: Plan } },
    async handler(request, reply) {
      const { clientId } = who(request)
      return reply.code(201).send(await plan(request.body, clientId))
    },
  })
}
