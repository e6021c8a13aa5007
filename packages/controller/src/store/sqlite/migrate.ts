import { ChaosError } from '@chaos-lite/shared'
import type { Database } from 'better-sqlite3'

/** One step of the schema. `up` runs inside a transaction of its own, together with the note that it was done. */
export interface Migration {
  readonly version: number
  readonly up: (database: Database) => void
}

/**
 * Brings the schema up to date. Throws `wrong-state` when the data was written by a newer controller, because reading
 * it with an older one could lose facts.
 */
export function migrate(database: Database, migrations: readonly Migration[]): void {
  database.exec(
    'CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_ms INTEGER NOT NULL) STRICT',
  )
  const done = database.prepare<[], { version: number }>('SELECT version FROM schema_version').all()
  const newest = Math.max(0, ...done.map((row) => row.version))
  const known = Math.max(0, ...migrations.map((migration) => migration.version))
  if (newest > known) throw newerSchema(newest, known)
  const note = database.prepare('INSERT INTO schema_version (version, applied_ms) VALUES (?, ?)')
  // Whatever is not there yet, in order: a branch may have brought a later one first.
  const applied = new Set(done.map(({ version }) => version))
  for (const migration of migrations.filter(({ version }) => !applied.has(version))) {
    database
      .transaction(() => {
        migration.up(database)
        note.run(migration.version, Date.now())
      })
      .immediate()
  }
}

/** The data was written by a newer controller. */
export function newerSchema(newest: number, known: number): ChaosError {
  return new ChaosError(
    'wrong-state',
    `The data was written by a newer controller (schema ${newest}; this one knows ${known}). Start the newer version, or restore a backup made before the upgrade.`,
  )
}
