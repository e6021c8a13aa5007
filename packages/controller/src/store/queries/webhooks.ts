import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'

export function webhookQueries(db: Kysely<Tables>): Store['webhooks'] {
  return {
    async add({ webhookId, clientId, url, purpose, secret }) {
      await db
        .insertInto('webhooks')
        .values({ webhook_id: webhookId, client_id: clientId, url, purpose, secret })
        .execute()
    },
    async ofClient(clientId) {
      const rows = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('client_id', '=', clientId)
        .orderBy('webhook_id')
        .execute()
      return rows.map(({ webhook_id, client_id, ...rest }) => ({
        webhookId: webhook_id,
        clientId: client_id,
        ...rest,
      }))
    },
    async remove(webhookId, clientId) {
      const removed = await db
        .deleteFrom('webhooks')
        .where('webhook_id', '=', webhookId)
        .where('client_id', '=', clientId)
        .returning('webhook_id')
        .executeTakeFirst()
      found(removed, `webhook ${webhookId}`)
    },
  }
}
