import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { FastifyRequest } from 'fastify'
import type { AppContext } from '../../context.ts'
import { clientIds } from '../../plugins/index.ts'
import type { StoredWebhook } from '../../store/index.ts'

/** The webhook, if it belongs to one of the user's clients. */
export async function ownedWebhook(
  { store }: AppContext,
  request: FastifyRequest,
  webhookId: Ulid,
): Promise<StoredWebhook> {
  const all = await Promise.all(clientIds(request).map((clientId) => store.webhooks.ofClient(clientId)))
  const found = all.flat().find((webhook) => webhook.webhookId === webhookId)
  if (!found) throw new ChaosError('not-found', `There is no webhook ${webhookId}.`)
  return found
}
