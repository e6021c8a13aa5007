import { API, WebhookCreated, WebhookRequest } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Adds a webhook. Its secret, which signs what is sent, is shown this once. */
export const createWebhook: Endpoint = (app, { webhooks }) => {
  app.route({
    method: 'POST',
    url: `${API}/webhooks`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], body: WebhookRequest, response: { 201: WebhookCreated } },
    handler: async (request, reply) => reply.code(201).send(await webhooks.add(request.body, who(request).clientId)),
  })
}
