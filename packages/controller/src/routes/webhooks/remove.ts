import { API } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { NoContent, WebhookParams } from '../params.ts'

/** Removes a webhook for good: its secret is lost, and messages that wait for another try still go to it. */
export const removeWebhook: Endpoint = (app, { webhooks }) => {
  app.route({
    method: 'DELETE',
    url: `${API}/webhooks/:webhookId`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], params: WebhookParams, response: { 204: NoContent } },
    async handler(request, reply) {
      await webhooks.remove(request.params.webhookId, clientIds(request))
      return reply.code(204).send()
    },
  })
}
