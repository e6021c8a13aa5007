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
import { LogSync, type LogSyncOptions, lasting, ofWhatLasts } from './log-sync.ts'
import { StorageState } from './storage-state.ts'

/** A store in one SQLite file. A method resolves when what it wrote, or what it read, survives a power cut. */
export interface SqliteStore extends Store {
  /** Resolves when all that is committed by now survives a power cut. */
  synced(): Promise<void>
}

/**
 * The store on SQLite: one connection, one writer. `database` comes from `openSqlite` and is closed with the store;
 * `syncing` is for tests.
 */
export function sqliteStore(database: Database, syncing: Omit<LogSyncOptions, 'state'> = {}): SqliteStore {
  const state = new StorageState()
  const log = new LogSync(database, { ...syncing, state })
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database: kyselyDatabase(database, state, log) }) })
  const writer = new FactWriter(database)
  const commits = new GroupCommit(
    database,
    (work) => db.connection().execute(async () => work()),
    () => writer.undone(),
    state,
    log,
  )
  const facts = factQueries(db)
  let closing: Promise<void> | null = null
  const close = async () => {
    await commits.drained()
    await log.close()
    await db.destroy()
    database.close()
  }
  return {
    clients: lasting(clientQueries(db), log),
    users: lasting(userQueries(db), log),
    logIns: lasting(logInQueries(db), log),
    hosts: lasting(hostQueries(db), log),
    tokens: lasting(tokenQueries(db), log),
    plans: lasting(planQueries(db), log),
    runs: lasting(runQueries(db), log),
    schedules: lasting(scheduleQueries(db), log),
    webhooks: lasting(webhookQueries(db), log),
    stops: lasting(stopQueries(db), log),
    incidents: lasting(incidentQueries(db), log),
    restores: lasting(restoreQueries(db), log),
    settings: lasting(settingQueries(db), log),
    facts: {
      ...ofWhatLasts(facts, log),
      // It says from where on an agent may forget: never more than is durable.
      cursor: (hostId, epoch) => facts.cursor(hostId, epoch).then((found) => log.settled().then(() => found)),
      ingest: (hostId, clientId, facts, receivedMs) =>
        commits.run(() => writer.ingest({ hostId, clientId, facts, receivedMs })),
      append: (clientId, facts, receivedMs) => commits.run(() => writer.append(clientId, facts, receivedMs)),
    },
    synced: () => log.settled(),
    failing: () => state.failing,
    tryToWrite: () => commits.run(() => void database.exec('UPDATE store_state SET changes = changes + 1')),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
