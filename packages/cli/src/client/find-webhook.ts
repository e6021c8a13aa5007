import { ChaosError, Ulid } from '@chaos-lite/shared'
import { WebhookView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Api } from './api.ts'

/** The id of the webhook whose id or address people give. @throws ChaosError `not-found`, also when several have it */
export async function webhookIdOf(api: Pick<Api, 'get'>, webhook: string): Promise<string> {
  if (Ulid.safeParse(webhook).success) return webhook
  const all = await api.get('/webhooks', z.array(WebhookView))
  const found = all.filter(({ url }) => url === webhook)
  const [first] = found
  if (first !== undefined && found.length === 1) return first.webhookId
  const ids = found.map(({ webhookId }) => webhookId).join(', ')
  throw new ChaosError(
    'not-found',
    first === undefined
      ? `There is no webhook "${webhook}"; see: chaos-lite webhook list`
      : `${found.length} webhooks have the address ${webhook}: give one id of ${ids}.`,
  )
}
