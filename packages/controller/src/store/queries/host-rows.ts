import type { Inventory, Labels } from '@chaos-lite/shared'
import type { Selectable } from 'kysely'
import type { HostRow, ListedHost, StoredHost } from '../store.ts'
import type { Tables } from '../tables.ts'
import { fromJson } from './json.ts'

type Columns = Omit<Selectable<Tables['hosts']>, 'search' | 'trouble' | 'owes_facts'>

/** The columns of `hosts` that a row is made of. */
export const hostColumns = [
  'hosts.host_id',
  'hosts.client_id',
  'hosts.name',
  'hosts.labels',
  'hosts.proposed_labels',
  'hosts.state',
  'hosts.public_key',
  'hosts.enrolled_ms',
  'hosts.last_seen_ms',
] as const

/** A host without its inventory: what is needed to decide about it. */
export const hostRow = (row: Columns): HostRow => ({
  hostId: row.host_id,
  clientId: row.client_id,
  name: row.name,
  labels: fromJson<Labels>(row.labels),
  proposedLabels: fromJson<Labels>(row.proposed_labels),
  state: row.state,
  publicKey: row.public_key,
  enrolledMs: row.enrolled_ms,
  lastSeenMs: row.last_seen_ms,
})

/**
 * A host with its inventory but without its menu, which is large and equal on most hosts. Null: none was sent so far.
 */
export const listedHost = (row: Columns & { readonly inventory: string | null }): ListedHost => ({
  ...hostRow(row),
  inventory: row.inventory === null ? null : fromJson<Omit<Inventory, 'menu'>>(row.inventory),
})

/** A host with all of its inventory. Null where the inventory or its menu has not been stored. */
export const storedHost = (
  row: Columns & { readonly inventory: string | null; readonly menu: string | null },
): StoredHost => {
  const { inventory, ...host } = listedHost(row)
  const menu = row.menu === null ? null : fromJson<Inventory['menu']>(row.menu)
  return { ...host, inventory: inventory === null || menu === null ? null : { ...inventory, menu } }
}
