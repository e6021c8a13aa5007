import { type Kysely, sql } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** When everything of a company was last stopped, UTC ms. Time only moves forward there. */
export function stopQueries(db: Kysely<Tables>): Store['stops'] {
  return {
    async put(clientId, stoppedMs) {
      await db
        .insertInto('stops')
        .values({ client_id: clientId, stopped_ms: stoppedMs })
        .onConflict((conflict) =>
          conflict
            .column('client_id')
            .doUpdateSet({ stopped_ms: sql`excluded.stopped_ms` })
            .whereRef('excluded.stopped_ms', '>', 'stops.stopped_ms'),
        )
        .execute()
    },
    async ofClient(clientId) {
      const query = db.selectFrom('stops').select('stopped_ms').where('client_id', '=', clientId)
      return (await query.executeTakeFirst())?.stopped_ms ?? null
    },
  }
}
