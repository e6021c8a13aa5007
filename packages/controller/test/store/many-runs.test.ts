import { join } from 'node:path'
import { ulid } from 'ulid'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSqlite } from '../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { COUNTED_AT_MOST, type RunQuery } from '../../src/store/store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** A store with so many ended runs of one company, and every statement that it was asked. */
async function withRuns(count: number) {
  const database = openSqlite(join(temporaryFolder(), 'controller.db'))
  const asked: string[] = []
  const prepare = database.prepare.bind(database)
  database.prepare = ((sql: string) => {
    asked.push(sql)
    return prepare(sql)
  }) as typeof database.prepare
  const store = sqliteStore(database)
  onTestFinished(() => store.close())
  const { clientId } = await store.clients.first()
  const put = prepare(`INSERT INTO runs
    (run_id, client_id, drill, title, mode, phase, outcome, effect, restoration, started_ms, ended_ms, summary)
    VALUES (?, ?, 'one', 'A drill', 'live', 'ended', 'passed', 'proved', 'identical', 1, 2, '')`)
  const ids = Array.from({ length: count }, (_, n) => `01J${String(n).padStart(23, '0')}`)
  database.transaction(() => ids.forEach((id) => void put.run(id, clientId)))()
  const query = (changes: Partial<RunQuery>): RunQuery => ({
    ...{ clientIds: [clientId], status: null, drill: null, hostId: null, fromMs: null, toMs: null },
    ...{ text: '', limit: 500, before: null, ...changes },
  })
  const plansOf = (statements: readonly string[]) =>
    statements.map((sql) => {
      const values = Array.from({ length: sql.split('?').length - 1 }, () => 1)
      const steps = prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...values)
      return steps.map(({ detail }) => detail).join('; ')
    })
  return { store, clientId, ids, query, asked, plansOf }
}

describe('a store with many runs', () => {
  test('looks for those that match a part at a time, everybody else having their turn in between', async () => {
    const { store, query } = await withRuns(5_500)
    for (const changes of [{ text: 'nothing like it' }, { status: 'missed' }, { drill: 'two' }] as const) {
      let [over, turns] = [false, 0]
      const others = () => {
        turns += 1
        if (!over) setImmediate(others)
      }
      setImmediate(others)
      expect(await store.runs.page(query(changes))).toMatchObject({ items: [], total: 0, next: null })
      over = true
      expect(turns).toBeGreaterThanOrEqual(5)
    }
  })

  test('goes on to the very first one, also beyond what is counted', async () => {
    const { store, ids, query } = await withRuns(COUNTED_AT_MOST + 1_300)
    const seen: string[] = []
    let before: string | null = null
    do {
      const page = await store.runs.page(query({ before }))
      expect(page.total).toBe(COUNTED_AT_MOST)
      seen.push(...page.items.map(({ runId }) => runId))
      before = page.next
    } while (before !== null)
    expect(seen).toEqual(ids.reverse())
  })

  test('reads for stopping and for the list of hosts only runs that are under way, unconfirmed or just ended', async () => {
    const { store, clientId, query, asked, plansOf } = await withRuns(3)
    const many = [clientId, ulid()]
    for (const clientIds of [[clientId], many]) {
      asked.length = 0
      await store.runs.concerned(clientId, { sinceMs: 1, begunMs: 5 })
      await store.runs.concerned(clientId, null)
      await store.runs.held(clientIds)
      await store.runs.allUnconfirmed(clientIds)
      await store.runs.page(query({ clientIds, status: 'under way' }))
      // Plans are large, and no list shows them.
      expect(asked.filter((sql) => /\*|"plan"/.test(sql))).toEqual([])
      for (const plan of plansOf(asked)) {
        expect(plan).toMatch(/runs USING INDEX runs_(unended|unconfirmed|by_end)|run_id=\?\)$|^SCAN held_hosts$/)
        expect(plan).not.toMatch(/TEMP B-TREE/)
      }
    }
  })

  test('is read in the order of an index, whatever is asked for', async () => {
    const { store, clientId, query, asked, plansOf } = await withRuns(3)
    for (const clientIds of [[clientId], [clientId, ulid()]]) {
      for (const changes of [{}, { text: 'drill' }, { drill: 'one' }, { status: 'failed' }, { fromMs: 1 }] as const)
        await store.runs.page(query({ clientIds, before: '01J00000000000000000000002', ...changes }))
    }
    for (const plan of plansOf(asked.filter((sql) => sql.startsWith('select')))) expect(plan).not.toMatch(/TEMP B-TREE/)
  })
})
