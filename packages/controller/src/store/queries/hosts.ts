import { ChaosError, type Inventory, type Labels } from '@chaos-lite/shared'
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { Store, StoredHost } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'
import { fromJson, toJson } from './json.ts'

const fromRow = (row: Selectable<Tables['hosts']>): StoredHost => ({
  hostId: row.host_id,
  clientId: row.client_id,
  name: row.name,
  labels: fromJson<Labels>(row.labels),
  state: row.state,
  publicKey: row.public_key,
  enrolledMs: row.enrolled_ms,
  lastSeenMs: row.last_seen_ms,
  inventory: row.inventory === null ? null : fromJson<Inventory>(row.inventory),
})

export function hostQueries(db: Kysely<Tables>): Store['hosts'] {
  const one = async (column: 'host_id' | 'public_key', value: string) => {
    const row = await db.selectFrom('hosts').selectAll().where(column, '=', value).executeTakeFirst()
    return row ? fromRow(row) : null
  }
  const set = async (hostId: string, values: Updateable<Tables['hosts']>) => {
    const row = await db
      .updateTable('hosts')
      .set(values)
      .where('host_id', '=', hostId)
      .returningAll()
      .executeTakeFirst()
    return fromRow(found(row, `host ${hostId}`))
  }
  return {
    byId: (hostId) => one('host_id', hostId),
    byPublicKey: (publicKey) => one('public_key', publicKey),
    setLabels: (hostId, labels) => set(hostId, { labels: toJson(labels) }),
    async add(host) {
      const added = await db
        .insertInto('hosts')
        .values({
          host_id: host.hostId,
          client_id: host.clientId,
          name: host.name,
          labels: toJson(host.labels),
          state: host.state,
          public_key: host.publicKey,
          enrolled_ms: host.enrolledMs,
          last_seen_ms: host.lastSeenMs,
          inventory: host.inventory === null ? null : toJson(host.inventory),
        })
        .onConflict((conflict) => conflict.column('public_key').doNothing())
        .executeTakeFirst()
      if (added.numInsertedOrUpdatedRows === 0n) {
        throw new ChaosError('already-exists', 'A host with this key was enrolled before: make a new key on the host.')
      }
    },
    async ofClient(clientId) {
      const rows = await db
        .selectFrom('hosts')
        .selectAll()
        .where('client_id', '=', clientId)
        .orderBy('name')
        .orderBy('host_id')
        .execute()
      return rows.map(fromRow)
    },
    async setState(hostId, state) {
      const host = found((await one('host_id', hostId)) ?? undefined, `host ${hostId}`)
      if (host.state === 'revoked' && state !== 'revoked') {
        throw new ChaosError('wrong-state', `The host ${host.name} was revoked; enrol it again with a new token.`)
      }
      return set(hostId, { state })
    },
    async setInventory(hostId, inventory, seenMs) {
      await set(hostId, { inventory: toJson(inventory), last_seen_ms: seenMs })
    },
    async setSeen(hostId, seenMs) {
      await set(hostId, { last_seen_ms: seenMs })
    },
  }
}
