import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { WebhookCreated, WebhookTestView, WebhookView } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { randomSecret } from '../secrets/index.ts'
import type { Store, StoredWebhook } from '../store/index.ts'
import type { Notifier } from './notify.ts'

/** So many for each client. */
const MOST = 20

/**
 * Where people are notified of stuck runs and missed slots. `clientIds` are those whose webhooks this person may see: any
 * other webhook is `not-found`.
 */
export interface Webhooks {
  /** The secret, which signs what is sent, is shown this once. Throws `request-invalid` where no webhook may go, `too-many`. */
  add(request: { readonly url: string; readonly purpose: string }, clientId: Ulid): Promise<WebhookCreated>
  list(clientIds: readonly Ulid[]): Promise<WebhookView[]>
  remove(webhookId: Ulid, clientIds: readonly Ulid[]): Promise<void>
  /** Sends a test message now; resolves with the result. */
  test(webhookId: Ulid, clientIds: readonly Ulid[]): Promise<WebhookTestView>
}

interface Deps {
  readonly store: Pick<Store, 'webhooks'>
  readonly notifier: Pick<Notifier, 'check' | 'test'>
}

/** A webhook of another company is `not-found`, and a company has a bounded number of them (`too-many`). */
export function makeWebhooks({ store, notifier }: Deps): Webhooks {
  const all = async (clientIds: readonly Ulid[]): Promise<StoredWebhook[]> =>
    (await Promise.all(clientIds.map((clientId) => store.webhooks.ofClient(clientId)))).flat()
  const owned = async (webhookId: Ulid, clientIds: readonly Ulid[]): Promise<StoredWebhook> => {
    const found = (await all(clientIds)).find((webhook) => webhook.webhookId === webhookId)
    if (!found) throw new ChaosError('not-found', `There is no webhook ${webhookId}.`)
    return found
  }
  return {
    async add({ url, purpose }, clientId) {
      notifier.check(url)
      const made = { webhookId: ulid(), url, purpose, secret: randomSecret() }
      await store.webhooks.add({ ...made, clientId }, MOST)
      return made
    },
    list: async (clientIds) =>
      (await all(clientIds)).map(({ webhookId, url, purpose }) => ({ webhookId, url, purpose })),
    async remove(webhookId, clientIds) {
      const { clientId } = await owned(webhookId, clientIds)
      await store.webhooks.remove(webhookId, clientId)
    },
    test: async (webhookId, clientIds) => notifier.test(await owned(webhookId, clientIds)),
  }
}
