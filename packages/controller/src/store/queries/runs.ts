import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { type Expression, type Kysely, type SqlBool, sql } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { CONTROLLER } from './facts.ts'
import { found } from './found.ts'
import { hold, holdQueries, letGo } from './holds.ts'
import { toJson } from './json.ts'
import { type RunColumns, runColumns } from './run-columns.ts'
import { pageOfRuns } from './run-pages.ts'

/** Each is read whole to see which of its hosts it is about. */
const MOST_UNCONFIRMED = 5

const fromRow = (row: RunColumns): RunRow => ({
  runId: row.run_id,
  clientId: row.client_id,
  drill: row.drill,
  title: row.title,
  // The columns hold what `toColumns` wrote.
  mode: row.mode as RunRow['mode'],
  phase: row.phase as RunRow['phase'],
  outcome: row.outcome as RunRow['outcome'],
  effect: row.effect as RunRow['effect'],
  restoration: row.restoration as RunRow['restoration'],
  ...(row.was_stuck === 1 ? { wasStuck: true } : {}),
  startedMs: row.started_ms,
  endedMs: row.ended_ms,
  summary: row.summary,
})

const toColumns = (row: RunRow) => ({
  drill: row.drill,
  title: row.title,
  mode: row.mode,
  phase: row.phase,
  outcome: row.outcome,
  effect: row.effect,
  restoration: row.restoration,
  was_stuck: row.wasStuck === true ? 1 : 0,
  started_ms: row.startedMs,
  ended_ms: row.endedMs,
  summary: row.summary,
})

/** Revoked between plan and start: it is no host of this controller any more. */
async function refuseUnapproved(db: Kysely<Tables>, hostIds: readonly string[]): Promise<void> {
  const barred = await db
    .selectFrom('hosts')
    .select(['name', 'state'])
    .where('state', '!=', 'approved')
    .where('host_id', 'in', [...hostIds])
    .executeTakeFirst()
  if (barred) throw new ChaosError('wrong-state', `The host ${barred.name} is ${barred.state}: plan the drill again.`)
}

/**
 * Few runs are under way or unconfirmed, and each kind has an index of its own: `+` keeps SQLite from reading all runs of
 * a company instead.
 */
function isIn(column: 'client_id' | 'runs.client_id', clientIds: readonly Ulid[]): Expression<SqlBool> {
  return sql`+${sql.ref(column)} IN (${sql.join([...clientIds])})`
}

/** As the index says it, letter by letter: SQLite does not know what a parameter will be, and would read all runs. */
const isUnconfirmed = sql<SqlBool>`runs.ended_ms IS NOT NULL AND runs.restoration IN ('pending', 'unknown')`

function newestFirst(rows: readonly RunRow[]): RunRow[] {
  return rows.toSorted((a, b) => (a.runId < b.runId ? 1 : -1))
}

/** The runs, their rows in lists, and the hosts that they hold. A run and its first facts are one transaction. */
export function runQueries(db: Kysely<Tables>): Store['runs'] {
  const rows = async (query: { execute(): Promise<RunColumns[]> }) => (await query.execute()).map(fromRow)
  return {
    create: (row, plan, hostIds, first) =>
      db.transaction().execute(async (trx) => {
        // A record of something that never ran (missed, skipped) holds nobody up.
        const holds = row.endedMs === null && hostIds.length > 0
        if (holds) await refuseUnapproved(trx, hostIds)
        const own = { run_id: row.runId, client_id: row.clientId }
        await trx
          .insertInto('runs')
          .values({ ...own, ...toColumns(row), plan: plan === null ? null : toJson(plan) })
          .execute()
        if (holds) await hold(trx, own, hostIds)
        for (const hostId of hostIds) {
          await trx
            .insertInto('run_hosts')
            .values({ ...own, host_id: hostId })
            .execute()
        }
        for (const { epoch, seq, digest, line } of first?.facts ?? []) {
          const about = { origin: CONTROLLER, epoch, seq, digest, line, received_ms: first?.receivedMs ?? 0 }
          await trx
            .insertInto('facts')
            .values({ ...own, ...about })
            .execute()
        }
      }),
    update: (row) =>
      db.transaction().execute(async (trx) => {
        const updated = await trx
          .updateTable('runs')
          .set(toColumns(row))
          .where('run_id', '=', row.runId)
          .returning('run_id')
          .executeTakeFirst()
        found(updated, `run ${row.runId}`)
        if (row.endedMs !== null) await letGo(trx, row.runId)
      }),
    async byId(runId) {
      const row = await db.selectFrom('runs').select(runColumns).where('run_id', '=', runId).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    ofClient(clientId, { limit, before }) {
      const query = db.selectFrom('runs').select(runColumns).where('client_id', '=', clientId).orderBy('run_id', 'desc')
      return rows((before === null ? query : query.where('run_id', '<', before)).limit(limit))
    },
    async page(query) {
      const { items, ...rest } = await pageOfRuns(db, query)
      return { ...rest, items: items.map(fromRow) }
    },
    async concerned(clientId, since) {
      const underWay = await rows(
        db
          .selectFrom('runs')
          .select(runColumns)
          .where('ended_ms', 'is', null)
          .where(isIn('client_id', [clientId])),
      )
      if (since === null) return newestFirst(underWay)
      const { sinceMs, begunMs } = since
      const ended = await rows(
        db
          .selectFrom('runs')
          .select(runColumns)
          .where('client_id', '=', clientId)
          .where('ended_ms', '>=', sinceMs)
          .where(sql<SqlBool>`+started_ms <= ${begunMs}`),
      )
      // One that ended in between is in both.
      return newestFirst([...new Map([...underWay, ...ended].map((row) => [row.runId, row])).values()])
    },
    ...holdQueries(db),
    async allUnconfirmed(clientIds) {
      if (clientIds.length === 0) return new Map()
      const found = await db
        .selectFrom('runs')
        .innerJoin('run_hosts', 'run_hosts.run_id', 'runs.run_id')
        .select(['run_hosts.host_id', 'runs.run_id'])
        .where(isUnconfirmed)
        .where(isIn('runs.client_id', clientIds))
        .orderBy('runs.run_id', 'desc')
        .execute()
      const byHost = Map.groupBy(found, (row) => row.host_id)
      return new Map(
        [...byHost].map(([hostId, of]) => [hostId, of.slice(0, MOST_UNCONFIRMED).map((row) => row.run_id)]),
      )
    },
    unended: () => rows(db.selectFrom('runs').select(runColumns).where('ended_ms', 'is', null).orderBy('run_id')),
    async unconfirmed(hostId) {
      const found = await db
        .selectFrom('run_hosts')
        .innerJoin('runs', 'runs.run_id', 'run_hosts.run_id')
        .select('runs.run_id')
        .where('run_hosts.host_id', '=', hostId)
        .where(isUnconfirmed)
        .orderBy('runs.run_id', 'desc')
        .limit(MOST_UNCONFIRMED)
        .execute()
      return found.map((row) => row.run_id)
    },
    async hostsOf(runId) {
      const found = await db.selectFrom('run_hosts').select('host_id').where('run_id', '=', runId).execute()
      return found.map((row) => row.host_id)
    },
  }
}
