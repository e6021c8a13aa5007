import { parseDrill } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import { pino } from 'pino'
import { sha256 } from '../../../src/secrets/index.ts'
import { StoredRunBook } from '../../../src/services/book.ts'
import { plan } from '../../../src/services/plan/plan.ts'
import { Runs } from '../../../src/services/runs.ts'
import { openSqlite } from '../../../src/store/sqlite/open-sqlite.ts'
import { sqliteStore } from '../../../src/store/sqlite/sqlite-store.ts'
import { anchoredClock } from '../../../src/time/clock.ts'
import { FakeFleet } from './fake-fleet.ts'

/** Stops nginx on `web`; `user` sees it. */
export const DRILL = `
drill: stop-web
version: 1
title: Stop the web server
why: Does the standby take over?
targets:
  web: { where: { role: web }, atMost: 2 }
  user: { where: { role: user }, exactly: 1 }
steadyState:
  answers: { probe: http, on: user, with: { url: "http://web.example.test/" }, every: 50ms }
method:
  - inject: service.stop
    name: stop-web
    on: web
    with: { service: nginx }
    hold: 30s
    effect: { probe: answers, expect: down, within: 1s }
release: early
`

/** The controller's services over a store in memory and a fleet of fake hosts: `web-1` is failed, `ws-1` watches. */
export async function aController(text = DRILL) {
  const clock = anchoredClock()
  const database = openSqlite(':memory:')
  const store = sqliteStore(database)
  const sql = (text: string): void => void database.exec(text)
  const { clientId } = await store.clients.first()
  const fleet = new FakeFleet(store, clientId)
  const book = new StoredRunBook(store, clock)
  fleet.book = book
  const web = await fleet.add('web-1', { role: 'web' })
  const user = await fleet.add('ws-1', { role: 'user' })
  const runs = new Runs({ book, gateway: fleet, clock, log: pino({ level: 'silent' }), store })
  const parsed = parseDrill(text, { file: 'stop-web.yaml', menu: null })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.mistakes))
  const loaded = { drill: parsed.drill, digest: sha256(text) }
  const planIt = () =>
    plan({ store, gateway: fleet, clock, drill: () => loaded }, { drill: 'stop-web', params: {} }, clientId)
  const startIt = async (): Promise<RunRow> => {
    const planned = await planIt()
    return runs.start({ planId: planned.planId, digest: planned.digest }, clientId, 'alice')
  }
  /** The consumer notices the failure, and notices when it is over. */
  const consumerNotices = () => {
    let runId = ''
    book.listen({
      row: (row) => {
        runId = row.runId
      },
    })
    web.onInjected = () => void fleet.probe(user, runId, 'answers', 'down')
  }
  /** Another controller over the same store, as after a restart. */
  const restarted = () => {
    const again = new StoredRunBook(store, clock)
    fleet.book = again
    return {
      book: again,
      runs: new Runs({ book: again, gateway: fleet, clock, log: pino({ level: 'silent' }), store }),
    }
  }
  return { restarted, sql, store, fleet, book, runs, web, user, clientId, planIt, startIt, consumerNotices }
}
