import { API, WebhookTestView } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { WebhookParams } from '../params.ts'
import { ownedWebhook } from './owned.ts'

/** Sends a test message now and tells what came of it. */
export const testWebhook: Endpoint = (app, context) => {
  app.route({
    method: 'POST',
    url: `${API}/webhooks/:webhookId/test`,
    config: { access: 'administrator', rateLimit: { max: 20, timeWindow: 60_000 } },
    schema: { tags: ['webhooks'], params: WebhookParams, response: { 200: WebhookTestView } },
    async handler(request) {
      return context.notifier.test(await ownedWebhook(context, request, request.params.webhookId))
    },
  })
}
