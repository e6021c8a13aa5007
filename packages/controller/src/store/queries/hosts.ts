import { ChaosError, type Inventory, type Labels } from '@chaos-lite/shared'
import type { Kysely, Selectable, Updateable } from 'kysely'
import type { NewHost, Store, StoredHost } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'
import { fromJson, toJson } from './json.ts'
import { takeToken } from './tokens.ts'

const fromRow = (row: Selectable<Tables['hosts']>): StoredHost => ({
  hostId: row.host_id,
  clientId: row.client_id,
  name: row.name,
  labels: fromJson<Labels>(row.labels),
  proposedLabels: fromJson<Labels>(row.proposed_labels),
  state: row.state,
  publicKey: row.public_key,
  enrolledMs: row.enrolled_ms,
  lastSeenMs: row.last_seen_ms,
  inventory: row.inventory === null ? null : fromJson<Inventory>(row.inventory),
})

async function insert(db: Kysely<Tables>, host: NewHost): Promise<void> {
  const added = await db
    .insertInto('hosts')
    .values({
      host_id: host.hostId,
      client_id: host.clientId,
      name: host.name,
      labels: toJson(host.labels),
      proposed_labels: toJson(host.proposedLabels ?? {}),
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
}

/** What the token says already needs no confirmation, and what it says otherwise outranks the host. */
function withoutKnown(proposed: Labels, given: Labels): Labels {
  return Object.fromEntries(Object.entries(proposed).filter(([name]) => given[name] === undefined))
}

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
    setLabels: (hostId, labels) => set(hostId, { labels: toJson(labels), proposed_labels: toJson({}) }),
    add: (host) => insert(db, host),
    enroll: (tokenHash, host) =>
      db.transaction().execute(async (trx) => {
        const taken = await takeToken(trx, tokenHash, host.enrolledMs)
        const { clientId, labels, approve } = taken
        const state = approve ? ('approved' as const) : ('pending' as const)
        const proposedLabels = withoutKnown(host.proposedLabels, labels)
        const added = { ...host, clientId, labels, proposedLabels, state, lastSeenMs: null, inventory: null }
        await insert(trx, added)
        return added
      }),
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
      // One statement: between reading and writing another administrator could have revoked it.
      let update = db.updateTable('hosts').set({ state }).where('host_id', '=', hostId)
      if (state !== 'revoked') update = update.where('state', '!=', 'revoked')
      const row = await update.returningAll().executeTakeFirst()
      if (row) return fromRow(row)
      const host = found((await one('host_id', hostId)) ?? undefined, `host ${hostId}`)
      throw new ChaosError('wrong-state', `The host ${host.name} was revoked; enroll it again with a new token.`)
    },
    async setInventory(hostId, inventory, seenMs) {
      await set(hostId, { inventory: toJson(inventory), last_seen_ms: seenMs })
    },
    async setSeen(hostId, seenMs) {
      await set(hostId, { last_seen_ms: seenMs })
    },
  }
}
