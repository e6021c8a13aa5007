import { ChaosError } from '@chaos-lite/shared'
import { API, WebhookCreated, WebhookRequest } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { who } from '../../plugins/own/access.ts'
import { randomSecret } from '../../services/secrets.ts'
import type { Endpoint } from '../endpoint.ts'

const MOST = 20

/** Adds a webhook. Its secret, which signs what is sent, is shown this once. */
export const createWebhook: Endpoint = (app, { store }) => {
  app.route({
    method: 'POST',
    url: `${API}/webhooks`,
    config: { access: 'administrator' },
    schema: { tags: ['webhooks'], body: WebhookRequest, response: { 201: WebhookCreated } },
    async handler(request, reply) {
      const { url, purpose } = request.body
      const { clientId } = who(request)
      const { protocol, username, password } = new URL(url)
      if (!/^https?:$/.test(protocol) || username !== '' || password !== '') {
        throw new ChaosError(
          'request-invalid',
          'A webhook address begins with http:// or https:// and holds no password.',
        )
      }
      const made = { webhookId: ulid(), url, purpose, secret: randomSecret() }
      await store.webhooks.add({ ...made, clientId }, MOST)
      return reply.code(201).send(made)
    },
  })
}
