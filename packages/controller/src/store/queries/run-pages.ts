import type { Expression, Kysely, Selectable, SqlBool } from 'kysely'
import { sql } from 'kysely'
import { COUNTED_AT_MOST, type Page, type RunQuery, type RunStatus } from '../store.ts'
import type { Tables } from '../tables.ts'
import { wordPatterns } from './search-text.ts'

/** The condition that a status stands for. */
function isOf(status: RunStatus): Expression<SqlBool> {
  if (status === 'under way') return sql`ended_ms IS NULL`
  if (status !== 'not passed') return sql`outcome = ${status}`
  return sql`(outcome IS NOT NULL AND outcome != 'passed' OR restoration IN ('stuck', 'unknown'))`
}

/** Newest first: run ids begin with their time. */
export async function pageOfRuns(db: Kysely<Tables>, query: RunQuery): Promise<Page<Selectable<Tables['runs']>>> {
  const { clientIds, status, drill, hostId, fromMs, toMs, text, limit, before } = query
  if (clientIds.length === 0) return { items: [], total: 0, next: null }
  let matching = db.selectFrom('runs').where('client_id', 'in', [...clientIds])
  if (status !== null) matching = matching.where(isOf(status))
  if (drill !== null) matching = matching.where('drill', '=', drill)
  if (fromMs !== null) matching = matching.where('started_ms', '>=', fromMs)
  if (toMs !== null) matching = matching.where('started_ms', '<', toMs)
  if (hostId !== null) {
    matching = matching.where('run_id', 'in', (eb) =>
      eb.selectFrom('run_hosts').select('run_hosts.run_id').where('host_id', '=', hostId),
    )
  }
  for (const pattern of wordPatterns(text)) {
    matching = matching.where(
      sql<boolean>`lower(title || ' ' || drill || ' ' || summary || ' ' || run_id) LIKE ${pattern} ESCAPE '\\'`,
    )
  }
  let page = matching.selectAll().orderBy('run_id', 'desc')
  if (before !== null) page = page.where('run_id', '<', before)
  const found = await page.limit(limit + 1).execute()
  const { total } = await db
    .selectFrom(matching.select('run_id').limit(COUNTED_AT_MOST).as('counted'))
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow()
  const items = found.slice(0, limit)
  return { items, total, next: found.length > limit ? (items.at(-1)?.run_id ?? null) : null }
}
