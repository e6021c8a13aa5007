import type { Ulid } from '@chaos-lite/shared'
import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from 'kysely'
import { turn } from '../../turn.ts'
import { COUNTED_AT_MOST, type Page, type RunQuery, type RunStatus } from '../store.ts'
import type { Tables } from '../tables.ts'
import { type RunColumns, runColumns } from './run-columns.ts'
import { holdsAll, wordsOf } from './search-text.ts'

/**
 * So many runs are looked at before everybody else has their turn. What is asked for decides how few of them match, never
 * how long the database is held: with 200,000 runs, one search over all of them took seconds.
 */
const LOOKED_AT = 1_000

type Runs = SelectQueryBuilder<Tables, 'runs', object>

/** The condition that a status stands for. */
function isOf(status: RunStatus): Expression<SqlBool> {
  if (status === 'under way') return sql`ended_ms IS NULL`
  if (status !== 'not passed') return sql`outcome = ${status}`
  return sql`(outcome IS NOT NULL AND outcome != 'passed' OR restoration IN ('stuck', 'unknown'))`
}

/**
 * Of these companies, in the order of an index: of one company its own, of several that of all runs. `+` keeps SQLite
 * from reading the runs of each company and sorting them all.
 */
function ofCompanies(runs: Runs, { clientIds, status }: RunQuery): Runs {
  const [only] = clientIds
  if (status === 'under way') return runs.where('ended_ms', 'is', null).where(inAny(clientIds))
  return clientIds.length === 1 && only !== undefined
    ? runs.where('client_id', '=', only)
    : runs.where(inAny(clientIds))
}

function inAny(clientIds: readonly Ulid[]): Expression<SqlBool> {
  return sql<SqlBool>`+client_id IN (${sql.join([...clientIds])})`
}

function matching(runs: Runs, { status, drill, hostId, fromMs, toMs }: RunQuery): Runs {
  let found = runs
  if (status !== null) found = found.where(isOf(status))
  if (drill !== null) found = found.where('drill', '=', drill)
  if (fromMs !== null) found = found.where('started_ms', '>=', fromMs)
  if (toMs !== null) found = found.where('started_ms', '<', toMs)
  if (hostId === null) return found
  return found.where(({ exists, selectFrom }) =>
    exists(
      selectFrom('run_hosts')
        .select('run_hosts.host_id')
        .whereRef('run_hosts.run_id', '=', 'runs.run_id')
        .where('run_hosts.host_id', '=', hostId),
    ),
  )
}

/** The next runs to be looked at: from the one below `below` down to `bottom`; null: down to the first of all. */
interface Stretch {
  readonly below: Ulid | null
  readonly bottom: Ulid | null
}

function within(runs: Runs, { below, bottom }: Stretch): Runs {
  const lower = below === null ? runs : runs.where('run_id', '<', below)
  return bottom === null ? lower : lower.where('run_id', '>=', bottom)
}

async function idsIn(db: Kysely<Tables>, query: RunQuery, stretch: Stretch): Promise<readonly Ulid[]> {
  const found = matching(within(ofCompanies(db.selectFrom('runs'), query), stretch), query).orderBy('run_id', 'desc')
  const words = wordsOf(query.text)
  if (words.length === 0) return (await found.select('run_id').execute()).map(({ run_id }) => run_id)
  // Compared here: SQLite knows the lower case of no letter outside ASCII.
  const rows = await found.select(['run_id', 'title', 'drill', 'summary']).execute()
  return rows
    .filter(({ run_id, title, drill, summary }) => holdsAll(`${title} ${drill} ${summary} ${run_id}`, words))
    .map(({ run_id }) => run_id)
}

/** The last run of the next stretch; null: so many do not follow any more. */
async function bottomBelow(db: Kysely<Tables>, query: RunQuery, below: Ulid | null): Promise<Ulid | null> {
  const rest = within(ofCompanies(db.selectFrom('runs'), query), { below, bottom: null })
  const last = rest
    .select('run_id')
    .orderBy('run_id', 'desc')
    .limit(1)
    .offset(LOOKED_AT - 1)
  return (await last.executeTakeFirst())?.run_id ?? null
}

/** Newest first: run ids begin with their time. */
export async function pageOfRuns(db: Kysely<Tables>, query: RunQuery): Promise<Page<RunColumns>> {
  const { clientIds, limit, before } = query
  if (clientIds.length === 0) return { items: [], total: 0, next: null }
  const wanted: Ulid[] = []
  let total = 0
  for (let below: Ulid | null = null; ; ) {
    const bottom: Ulid | null = await bottomBelow(db, query, below)
    const ids = await idsIn(db, query, { below, bottom })
    total += ids.length
    wanted.push(...ids.filter((id) => before === null || id < before).slice(0, limit + 1 - wanted.length))
    const counted = total >= COUNTED_AT_MOST
    if (bottom === null || (counted && wanted.length > limit)) break
    // Nothing is counted any more: on to the page that was asked for.
    below = counted && before !== null && before < bottom ? before : bottom
    await turn()
  }
  const shown = wanted.slice(0, limit)
  const items =
    shown.length === 0
      ? []
      : await db.selectFrom('runs').select(runColumns).where('run_id', 'in', shown).orderBy('run_id', 'desc').execute()
  const next = wanted.length > limit ? (shown.at(-1) ?? null) : null
  return { items, total: Math.min(total, COUNTED_AT_MOST), next }
}
