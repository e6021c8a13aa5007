import { ChaosError } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** To be called in the transaction that creates the run: it holds all of these hosts, or none. @throws `host-busy` */
export async function hold(
  trx: Kysely<Tables>,
  run: { readonly run_id: string; readonly client_id: string },
  hostIds: readonly string[],
): Promise<void> {
  for (const hostId of hostIds) {
    const taken = await trx
      .insertInto('held_hosts')
      .values({ ...run, host_id: hostId })
      .onConflict((conflict) => conflict.column('host_id').doNothing())
      .returning('host_id')
      .executeTakeFirst()
    if (taken === undefined) throw await busy(trx, hostId)
  }
}

/** To be called in the transaction that ends the run. */
export async function letGo(trx: Kysely<Tables>, runId: string): Promise<void> {
  await trx.deleteFrom('held_hosts').where('run_id', '=', runId).execute()
}

async function busy(trx: Kysely<Tables>, hostId: string): Promise<ChaosError> {
  const { name, run_id } = await trx
    .selectFrom('held_hosts')
    .innerJoin('hosts', 'hosts.host_id', 'held_hosts.host_id')
    .select(['hosts.name', 'held_hosts.run_id'])
    .where('held_hosts.host_id', '=', hostId)
    .executeTakeFirstOrThrow()
  return new ChaosError('host-busy', `The host ${name} is held by run ${run_id}; wait until it has ended.`)
}

/** Which run holds which host. A host is held by one run at most: it is the primary key of the table. */
export function holdQueries(db: Kysely<Tables>): Pick<Store['runs'], 'held' | 'holding'> {
  return {
    async held(clientIds) {
      if (clientIds.length === 0) return new Map()
      const query = db.selectFrom('held_hosts').select(['host_id', 'run_id'])
      const found = await query.where('client_id', 'in', [...clientIds]).execute()
      return new Map(found.map((row) => [row.host_id, row.run_id]))
    },
    async holding(hostId) {
      const row = await db.selectFrom('held_hosts').select('run_id').where('host_id', '=', hostId).executeTakeFirst()
      return row?.run_id ?? null
    },
  }
}
