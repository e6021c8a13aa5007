import { API, WebhookView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Where people are notified of stuck runs and missed slots. */
export const listWebhooks: Endpoint = (app, { webhooks }) => {
  app.route({
    method: 'GET',
    url: `${API}/webhooks`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], response: { 200: z.array(WebhookView) } },
    handler: (request) => webhooks.list(clientIds(request)),
  })
}
