import { API } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { NoContent, WebhookParams } from '../params.ts'
import { ownedWebhook } from './owned.ts'

/** Removes a webhook. */
export const removeWebhook: Endpoint = (app, context) => {
  app.route({
    method: 'DELETE',
    url: `${API}/webhooks/:webhookId`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], params: WebhookParams, response: { 204: NoContent } },
    async handler(request, reply) {
      const { webhookId, clientId } = await ownedWebhook(context, request, request.params.webhookId)
      await context.store.webhooks.remove(webhookId, clientId)
      return reply.code(204).send()
    },
  })
}
