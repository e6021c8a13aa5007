import { ChaosError } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'

/** The webhooks of a company, oldest first. Throws `too-many` for one beyond the limit given. */
export function webhookQueries(db: Kysely<Tables>): Store['webhooks'] {
  return {
    // One transaction: two requests at once must not both be the last one that fits.
    add: ({ webhookId, clientId, url, purpose, secret }, most) =>
      db.transaction().execute(async (trx) => {
        const { count } = await trx
          .selectFrom('webhooks')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('client_id', '=', clientId)
          .executeTakeFirstOrThrow()
        if (count >= most) throw new ChaosError('too-many', `A company may have ${most} webhooks; remove one first.`)
        await trx
          .insertInto('webhooks')
          .values({ webhook_id: webhookId, client_id: clientId, url, purpose, secret })
          .execute()
      }),
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
