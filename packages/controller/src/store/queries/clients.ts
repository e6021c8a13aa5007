import type { Kysely } from 'kysely'
import { ulid } from 'ulid'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** The companies, in the order in which they were created (ULIDs sort by time). */
export function clientQueries(db: Kysely<Tables>): Store['clients'] {
  const all = async () => {
    const rows = await db.selectFrom('clients').select(['client_id', 'name']).orderBy('client_id').execute()
    return rows.map((row) => ({ clientId: row.client_id, name: row.name }))
  }
  return {
    all,
    // One transaction: two callers at once must not make two.
    first: () =>
      db.transaction().execute(async (trx) => {
        const row = await trx.selectFrom('clients').selectAll().orderBy('client_id').executeTakeFirst()
        if (row) return { clientId: row.client_id, name: row.name }
        const made = { clientId: ulid(), name: 'Our company' }
        await trx
          .insertInto('clients')
          .values({ client_id: made.clientId, name: made.name, created_ms: Date.now() })
          .execute()
        return made
      }),
  }
}
