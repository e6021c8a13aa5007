import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'

/** Is the controller alive, can it read its store, and can it write it? Tells nothing else. */
export const health: Endpoint = (app, { store, address }) => {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { access: 'public' },
    schema: {
      tags: ['system'],
      response: { 200: z.object({ status: z.enum(['ok', 'closing']), storage: z.enum(['ok', 'failing']) }) },
    },
    async handler() {
      await store.clients.all()
      const storage = store.failing() === null ? 'ok' : 'failing'
      return { status: address.closing ? 'closing' : 'ok', storage } as const
    },
  })
}
