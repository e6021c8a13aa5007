import type { Migration } from '../migrate.ts'

/** That no host is in two runs at once is the primary key of this table. A row goes with the end of its run. */
export const heldHosts: Migration = {
  version: 9,
  up: (database) =>
    void database.exec(`
      CREATE TABLE held_hosts (
        host_id TEXT PRIMARY KEY REFERENCES hosts (host_id), client_id TEXT NOT NULL REFERENCES clients (client_id),
        run_id TEXT NOT NULL REFERENCES runs (run_id)
      ) STRICT;
      CREATE INDEX held_hosts_by_run ON held_hosts (run_id);
      INSERT OR IGNORE INTO held_hosts
        SELECT run_hosts.host_id, run_hosts.client_id, run_hosts.run_id
        FROM run_hosts JOIN runs USING (run_id) WHERE runs.ended_ms IS NULL ORDER BY run_id;
    `),
}
