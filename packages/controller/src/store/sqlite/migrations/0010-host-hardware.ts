import type { Migration } from '../migrate.ts'

/** What each host is made of, as its agent reported it last. */
export const hostHardware: Migration = {
  version: 10,
  up: (database) =>
    void database.exec(`
      CREATE TABLE host_hardware (
        host_id TEXT PRIMARY KEY REFERENCES hosts (host_id), client_id TEXT NOT NULL REFERENCES clients (client_id),
        hardware TEXT NOT NULL, reported_ms INTEGER NOT NULL
      ) STRICT;
    `),
}
