import { API, WebhookCreated, WebhookRequest } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { who } from '../../plugins/index.ts'
import { randomSecret } from '../../secrets/index.ts'
import type { Endpoint } from '../endpoint.ts'

const MOST = 20

/** Adds a webhook. Its secret, which signs what is sent, is shown this once. */
export const createWebhook: Endpoint = (app, { store, notifier }) => {
  app.route({
    method: 'POST',
    url: `${API}/webhooks`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], body: WebhookRequest, response: { 201: WebhookCreated } },
    async handler(request, reply) {
      const { url, purpose } = request.body
      const { clientId } = who(request)
      notifier.check(url)
      const made = { webhookId: ulid(), url, purpose, secret: randomSecret() }
      await store.webhooks.add({ ...made, clientId }, MOST)
      return reply.code(201).send(made)
    },
  })
}
