import * as z from 'zod'
import type { Endpoint } from '../endpoint.ts'

/** Is the controller alive, and can it read its store? Tells nothing else. */
export const health: Endpoint = (app, { store, address }) => {
  app.route({
    method: 'GET',
    url: '/healthz',
    config: { access: 'public' },
    schema: { tags: ['system'], response: { 200: z.object({ status: z.enum(['ok', 'closing']) }) } },
    async handler() {
      await store.clients.all()
      return { status: address.closing ? 'closing' : 'ok' } as const
    },
  })
}
