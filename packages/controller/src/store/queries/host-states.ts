import { ChaosError, type HostId, utcText } from '@chaos-lite/shared'
import type { Kysely } from 'kysely'
import type { HostRow, Store, StoredHost } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'
import { hostColumns, hostRow, storedHost } from './host-rows.ts'

/** A host with all that it reported. */
export async function hostBy(
  db: Kysely<Tables>,
  column: 'host_id' | 'public_key',
  value: string,
): Promise<StoredHost | undefined> {
  const row = await db
    .selectFrom('hosts')
    .leftJoin('host_inventories', 'host_inventories.host_id', 'hosts.host_id')
    .select(hostColumns)
    .select(['inventory', 'menu'])
    .where(`hosts.${column}`, '=', value)
    .executeTakeFirst()
  return row && storedHost(row)
}

/** @throws ChaosError `not-found` */
export async function known(db: Kysely<Tables>, hostId: HostId): Promise<StoredHost> {
  return found(await hostBy(db, 'host_id', hostId), `host ${hostId}`)
}

/** The approved host of this name that was seen last; null: there is none. */
export async function approvedOf(
  db: Kysely<Tables>,
  { clientId, name }: Pick<HostRow, 'clientId' | 'name'>,
  butNot: HostId | null = null,
): Promise<HostRow | null> {
  let query = db.selectFrom('hosts').select(hostColumns).where('client_id', '=', clientId).where('name', '=', name)
  if (butNot !== null) query = query.where('host_id', '!=', butNot)
  const row = await query.where('state', '=', 'approved').orderBy('last_seen_ms', 'desc').executeTakeFirst()
  return row === undefined ? null : hostRow(row)
}

/** To be called in a transaction. @throws ChaosError `wrong-state` for a host that was revoked */
export async function setState(trx: Kysely<Tables>, hostId: HostId, state: HostRow['state']): Promise<StoredHost> {
  // One statement: between reading and writing another administrator could have revoked it.
  let update = trx.updateTable('hosts').set({ state }).where('host_id', '=', hostId)
  if (state !== 'revoked') update = update.where('state', '!=', 'revoked')
  const changed = await update.returning('host_id').executeTakeFirst()
  const host = await known(trx, hostId)
  if (changed) return host
  throw new ChaosError('wrong-state', `The host ${host.name} was revoked; enroll it again with a new token.`)
}

/** To be called in a transaction: both hosts change, or neither. */
export async function approve(
  trx: Kysely<Tables>,
  hostId: HostId,
  { replaces, besides }: Parameters<Store['hosts']['approve']>[1],
): Promise<StoredHost> {
  if (replaces === hostId) throw new ChaosError('request-invalid', 'A host cannot replace itself.')
  if (replaces !== null) {
    const [old, { clientId }] = [await known(trx, replaces), await known(trx, hostId)]
    if (old.clientId !== clientId) throw new ChaosError('not-found', `There is no host ${replaces}.`)
    await setState(trx, replaces, 'revoked')
  }
  const approved = await setState(trx, hostId, 'approved')
  const other = besides ? null : await approvedOf(trx, approved, hostId)
  if (other !== null) throw sameName(approved, other)
  return approved
}

/** Drills that need exactly one host of a kind would find two: somebody must say which it is. */
function sameName({ hostId, name }: StoredHost, other: HostRow): ChaosError {
  const seen = other.lastSeenMs === null ? 'never seen' : `last seen ${utcText(other.lastSeenMs)}`
  return new ChaosError(
    'already-exists',
    `Another approved host is called ${name}: ${other.hostId}, ${seen}. If this is the same machine, installed again, replace that one, which revokes it: chaos-lite host approve ${hostId} --replaces ${other.hostId}. If both exist: chaos-lite host approve ${hostId} --keep-both`,
  )
}
