import { API, WebhookTestView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { WebhookParams } from '../params.ts'

/** Sends a test message now and reports what came of it. */
export const testWebhook: Endpoint = (app, { webhooks }) => {
  app.route({
    method: 'POST',
    url: `${API}/webhooks/:webhookId/test`,
    config: { access: 'administrator', rateLimit: { max: 20, timeWindow: 60_000 } },
    schema: { tags: ['webhooks'], params: WebhookParams, response: { 200: WebhookTestView } },
    handler: (request) => webhooks.test(request.params.webhookId, clientIds(request)),
  })
}
