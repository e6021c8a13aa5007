import { ChaosError, type HostId } from '@chaos-lite/shared'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import * as z from 'zod'
import { COUNTED_AT_MOST, type HostQuery, type ListedHost, type Page } from '../store.ts'
import type { Tables } from '../tables.ts'
import { hostColumns, listedHost } from './host-rows.ts'
import { wordPatterns } from './search-text.ts'

/** What a page is sorted by, before name and id; smaller comes first. */
function rankOf({ order, busy, attention, online }: HostQuery): RawBuilder<number> {
  if (order === 'name') return sql`0`
  if (order === 'last seen') return sql`coalesce(-last_seen_ms, 0)`
  return sql`CASE WHEN ${isOneOf(busy)} THEN 0 WHEN state = 'revoked' THEN 5 WHEN trouble = 1 OR ${isOneOf(attention)} THEN 1
    WHEN state = 'pending' THEN 2 WHEN ${isOneOf(online)} THEN 4 ELSE 3 END`
}

/** One parameter, however many hosts there are. */
function isOneOf(hostIds: readonly HostId[]): RawBuilder<boolean> {
  return sql`host_id IN (SELECT value FROM json_each(${JSON.stringify(hostIds)}))`
}

const Cursor = z.tuple([z.number(), z.string(), z.string()])

/** Where a page begins: the rank, the name and the id of the last host of the page before. */
function fromCursor(text: string): z.infer<typeof Cursor> {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new ChaosError('request-invalid', 'The cursor is not one of an earlier page of this list.', { cause })
  }
}

/**
 * One page, in two queries however many hosts there are: the ids that match, in order, and the count. What hosts
 * reported is read of the hosts on the page alone.
 */
export async function pageOfHosts(db: Kysely<Tables>, query: HostQuery): Promise<Page<ListedHost>> {
  const { clientIds, text, state, link, online, limit, cursor } = query
  if (clientIds.length === 0) return { items: [], total: 0, next: null }
  let matching = db.selectFrom('hosts').where('client_id', 'in', [...clientIds])
  if (state !== null) matching = matching.where('state', '=', state)
  if (link === 'online') matching = matching.where(isOneOf(online))
  if (link === 'offline') matching = matching.where(sql<boolean>`NOT ${isOneOf(online)}`)
  for (const pattern of wordPatterns(text)) {
    matching = matching.where(sql<boolean>`search || ' ' || state LIKE ${pattern} ESCAPE '\\'`)
  }
  const rank = rankOf(query)
  let page = matching.select(['host_id', 'name']).select(rank.as('rank'))
  if (cursor !== null) {
    const [lastRank, lastName, lastId] = fromCursor(cursor)
    page = page.where(sql<boolean>`(${rank}, name, host_id) > (${lastRank}, ${lastName}, ${lastId})`)
  }
  const found = await page
    .orderBy('rank')
    .orderBy('name')
    .orderBy('host_id')
    .limit(limit + 1)
    .execute()
  const { total } = await db
    .selectFrom(matching.select('host_id').limit(COUNTED_AT_MOST).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : undefined
  const next = last && Buffer.from(JSON.stringify([last.rank, last.name, last.host_id])).toString('base64url')
  const items = await listedHosts(
    db,
    shown.map(({ host_id }) => host_id),
  )
  return { items, total, next: next ?? null }
}

/** These hosts in this order, with what they reported but their menus; unknown ids are left out. */
export async function listedHosts(db: Kysely<Tables>, hostIds: readonly HostId[]): Promise<readonly ListedHost[]> {
  if (hostIds.length === 0) return []
  const rows = await db
    .selectFrom('hosts')
    .leftJoin('host_inventories', 'host_inventories.host_id', 'hosts.host_id')
    .select(hostColumns)
    .select('inventory')
    .where('hosts.host_id', 'in', [...hostIds])
    .execute()
  const byId = new Map(rows.map((row) => [row.host_id, listedHost(row)]))
  return hostIds.flatMap((hostId) => byId.get(hostId) ?? [])
}
