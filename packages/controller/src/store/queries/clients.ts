import type { Kysely } from 'kysely'
import { ulid } from 'ulid'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

export function clientQueries(db: Kysely<Tables>): Store['clients'] {
  const all = async () => {
    const rows = await db.selectFrom('clients').select(['client_id', 'name']).orderBy('client_id').execute()
    return rows.map((row) => ({ clientId: row.client_id, name: row.name }))
  }
  return {
    all,
    async first() {
      const found = (await all())[0]
      if (found) return found
      const made = { clientId: ulid(), name: 'Our company' }
      await db
        .insertInto('clients')
        .values({ client_id: made.clientId, name: made.name, created_ms: Date.now() })
        .execute()
      return made
    },
  }
}
