import { ChaosError, type Hardware, type HostId, type Inventory, type Labels } from '@chaos-lite/shared'
import type { Kysely, Updateable } from 'kysely'
import type { NewHost, Store, StoredHost } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'
import { listedHosts, pageOfHosts } from './host-pages.ts'
import { hostColumns, hostRow } from './host-rows.ts'
import { approve, approvedOf, hostBy, known, setState } from './host-states.ts'
import { fromJson, toJson } from './json.ts'
import { isTrouble, searchText } from './search-text.ts'
import { takeToken } from './tokens.ts'

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
      search: searchText(host),
      trouble: isTrouble(host.inventory) ? 1 : 0,
    })
    .onConflict((conflict) => conflict.column('public_key').doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows === 0n) {
    throw new ChaosError('already-exists', 'A host with this key was enrolled before: make a new key on the host.')
  }
  if (host.inventory !== null) await putInventory(db, host, host.inventory)
}

async function putInventory(
  db: Kysely<Tables>,
  { hostId, clientId }: Pick<StoredHost, 'hostId' | 'clientId'>,
  { menu, ...rest }: Inventory,
): Promise<void> {
  const values = { inventory: toJson(rest), menu: toJson(menu) }
  await db
    .insertInto('host_inventories')
    .values({ host_id: hostId, client_id: clientId, ...values })
    .onConflict((conflict) => conflict.column('host_id').doUpdateSet(values))
    .execute()
}

/** What the token says already needs no confirmation, and what it says otherwise outranks the host. */
function withoutKnown(proposed: Labels, given: Labels): Labels {
  return Object.fromEntries(Object.entries(proposed).filter(([name]) => given[name] === undefined))
}

async function set(db: Kysely<Tables>, hostId: HostId, values: Updateable<Tables['hosts']>): Promise<void> {
  const update = db.updateTable('hosts').set(values).where('host_id', '=', hostId).returning('host_id')
  found(await update.executeTakeFirst(), `host ${hostId}`)
}

/** The hosts and how they enrol. Every method is one transaction; `not-found` for a host that there is not. */
export function hostQueries(db: Kysely<Tables>): Store['hosts'] {
  return {
    async takeOwing(hostId) {
      const taken = await db
        .updateTable('hosts')
        .set({ owes_facts: 0 })
        .where('host_id', '=', hostId)
        .where('owes_facts', '=', 1)
        .returning('host_id')
        .executeTakeFirst()
      return taken !== undefined
    },
    byId: async (hostId) => (await hostBy(db, 'host_id', hostId)) ?? null,
    byPublicKey: async (publicKey) => (await hostBy(db, 'public_key', publicKey)) ?? null,
    setLabels: (hostId, labels) =>
      db.transaction().execute(async (trx) => {
        const { name, inventory } = await known(trx, hostId)
        const search = searchText({ name, labels, inventory })
        await set(trx, hostId, { labels: toJson(labels), proposed_labels: toJson({}), search })
        return known(trx, hostId)
      }),
    add: (host) => db.transaction().execute((trx) => insert(trx, host)),
    enroll: (tokenHash, host) =>
      db.transaction().execute(async (trx) => {
        const taken = await takeToken(trx, tokenHash, host.enrolledMs)
        const { clientId, labels, approve } = taken
        const free = approve && (await approvedOf(trx, { clientId, name: host.name })) === null
        const state = free ? ('approved' as const) : ('pending' as const)
        const proposedLabels = withoutKnown(host.proposedLabels, labels)
        const added = { ...host, clientId, labels, proposedLabels, state, lastSeenMs: null, inventory: null }
        await insert(trx, added)
        return added
      }),
    async ofClient(clientId) {
      const query = db.selectFrom('hosts').select(hostColumns).where('client_id', '=', clientId)
      return (await query.orderBy('name').orderBy('host_id').execute()).map(hostRow)
    },
    listed: (hostIds) => listedHosts(db, hostIds),
    page: (query) => pageOfHosts(db, query),
    setState: (hostId, state) => db.transaction().execute((trx) => setState(trx, hostId, state)),
    approve: (hostId, how) => db.transaction().execute((trx) => approve(trx, hostId, how)),
    setInventory: (hostId, inventory, seenMs) =>
      db.transaction().execute(async (trx) => {
        const query = trx.selectFrom('hosts').select(['client_id', 'name', 'labels']).where('host_id', '=', hostId)
        const { client_id: clientId, name, labels } = found(await query.executeTakeFirst(), `host ${hostId}`)
        const search = searchText({ name, labels: fromJson<Labels>(labels), inventory })
        await set(trx, hostId, { last_seen_ms: seenMs, search, trouble: isTrouble(inventory) ? 1 : 0 })
        await putInventory(trx, { hostId, clientId }, inventory)
      }),
    setHardware: (hostId, hardware, reportedMs) =>
      db.transaction().execute(async (trx) => {
        const query = trx.selectFrom('hosts').select('client_id').where('host_id', '=', hostId)
        const { client_id } = found(await query.executeTakeFirst(), `host ${hostId}`)
        const values = { hardware: toJson(hardware), reported_ms: reportedMs }
        await trx
          .insertInto('host_hardware')
          .values({ host_id: hostId, client_id, ...values })
          .onConflict((conflict) => conflict.column('host_id').doUpdateSet(values))
          .execute()
      }),
    async hardware(hostId) {
      const query = db.selectFrom('host_hardware').select(['hardware', 'reported_ms']).where('host_id', '=', hostId)
      const row = await query.executeTakeFirst()
      return row ? { hardware: fromJson<Hardware>(row.hardware), reportedMs: row.reported_ms } : null
    },
    setSeen: (hostId, seenMs) => set(db, hostId, { last_seen_ms: seenMs }),
  }
}
