import type { Inventory, Labels } from '@chaos-lite/shared'
import { isTrouble, searchText } from '../../queries/search-text.ts'
import type { Migration } from '../migrate.ts'

interface HostRow {
  readonly host_id: string
  readonly name: string
  readonly labels: string
  readonly inventory: string | null
}

/**
 * Lists of hosts and runs are filtered, sorted and counted by the database. What hosts report is large (its menu above
 * all), so it lies in a table of its own: a list reads it only of the hosts that it shows.
 */
export const lists: Migration = {
  version: 7,
  up: (database) => {
    database.exec(`
      CREATE TABLE host_inventories (
        host_id TEXT PRIMARY KEY REFERENCES hosts (host_id), client_id TEXT NOT NULL REFERENCES clients (client_id),
        inventory TEXT NOT NULL, menu TEXT NOT NULL
      ) STRICT;
      INSERT INTO host_inventories
        SELECT host_id, client_id, json_remove(inventory, '$.menu'), coalesce(json_extract(inventory, '$.menu'), 'null')
        FROM hosts WHERE inventory IS NOT NULL;
      ALTER TABLE hosts ADD COLUMN search TEXT NOT NULL DEFAULT '';
      ALTER TABLE hosts ADD COLUMN trouble INTEGER NOT NULL DEFAULT 0;
    `)
    const set = database.prepare('UPDATE hosts SET search = ?, trouble = ? WHERE host_id = ?')
    for (const row of database.prepare<[], HostRow>('SELECT host_id, name, labels, inventory FROM hosts').all()) {
      const inventory = row.inventory === null ? null : (JSON.parse(row.inventory) as Inventory)
      const labels = JSON.parse(row.labels) as Labels
      set.run(searchText({ name: row.name, labels, inventory }), isTrouble(inventory) ? 1 : 0, row.host_id)
    }
    database.exec(`
      ALTER TABLE hosts DROP COLUMN inventory;
      CREATE INDEX runs_unconfirmed ON runs (run_id) WHERE ended_ms IS NOT NULL AND restoration IN ('pending', 'unknown');
      CREATE INDEX runs_by_drill ON runs (client_id, drill, run_id);
      CREATE INDEX runs_by_end ON runs (client_id, ended_ms) WHERE ended_ms IS NOT NULL;
    `)
  },
}
