import type { Migration } from '../migrate.ts'

/** When everything of a client was last stopped: hosts that have not confirmed it are shown, after a restart too. */
export const stops: Migration = {
  version: 2,
  up: (database) => {
    database.exec(`
      CREATE TABLE stops (
        client_id TEXT PRIMARY KEY REFERENCES clients (client_id), stopped_ms INTEGER NOT NULL
      ) STRICT;
    `)
  },
}
