import type { Database } from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { clientQueries } from '../queries/clients.ts'
import { factQueries } from '../queries/facts.ts'
import { hostQueries } from '../queries/hosts.ts'
import { incidentQueries } from '../queries/incidents.ts'
import { logInQueries } from '../queries/log-ins.ts'
import { planQueries } from '../queries/plans.ts'
import { restoreQueries } from '../queries/restores.ts'
import { runQueries } from '../queries/runs.ts'
import { scheduleQueries } from '../queries/schedules.ts'
import { settingQueries } from '../queries/settings.ts'
import { stopQueries } from '../queries/stops.ts'
import { tokenQueries } from '../queries/tokens.ts'
import { userQueries } from '../queries/users.ts'
import { webhookQueries } from '../queries/webhooks.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import { FactWriter } from './facts.ts'
import { GroupCommit } from './group-commit.ts'
import { kyselyDatabase } from './kysely-database.ts'
import { StorageState } from './storage-state.ts'

/** The store on SQLite: one connection, one writer. `database` comes from `openSqlite` and is closed with the store. */
export function sqliteStore(database: Database): Store {
  const state = new StorageState()
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyDatabase(database, state) }) })
  const writer = new FactWriter(database)
  const commits = new GroupCommit(
    database,
    (work) => db.connection().execute(async () => work()),
    () => writer.undone(),
    state,
  )
  let closing: Promise<void> | null = null
  const close = async () => {
    await commits.drained()
    await db.destroy()
    database.close()
  }
  return {
    clients: clientQueries(db),
    users: userQueries(db),
    logIns: logInQueries(db),
    hosts: hostQueries(db),
    tokens: tokenQueries(db),
    plans: planQueries(db),
    runs: runQueries(db),
    schedules: scheduleQueries(db),
    webhooks: webhookQueries(db),
    stops: stopQueries(db),
    incidents: incidentQueries(db),
    restores: restoreQueries(db),
    settings: settingQueries(db),
    facts: {
      ...factQueries(db),
      ingest: (hostId, clientId, facts, receivedMs) =>
        commits.run(() => writer.ingest({ hostId, clientId, facts, receivedMs })),
      append: (clientId, facts, receivedMs) => commits.run(() => writer.append(clientId, facts, receivedMs)),
    },
    failing: () => state.failing,
    tryToWrite: () => commits.run(() => void database.exec('UPDATE store_state SET changes = changes + 1')),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
