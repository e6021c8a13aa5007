import type { Migration } from '../migrate.ts'

/** Statements whose effect an older copy of the database would undo without anybody noticing. Facts count by themselves. */
const counted = [
  'INSERT ON users',
  'UPDATE ON users',
  'INSERT ON log_ins',
  'DELETE ON log_ins',
  'INSERT ON hosts',
  'UPDATE OF state, labels ON hosts',
  'INSERT ON enrolment_tokens',
  'UPDATE ON enrolment_tokens',
  'INSERT ON runs',
  'INSERT ON incidents',
  'INSERT ON schedules',
  'UPDATE ON schedules',
  'DELETE ON schedules',
  'INSERT ON webhooks',
  'DELETE ON webhooks',
  'INSERT ON stops',
  'UPDATE ON stops',
  'INSERT ON settings',
]

/**
 * Which store this is, and how often something other than facts was changed in it: the mark beside the database repeats
 * both, so that an older copy is recognised. `restores`: from which backups it was restored, and whether the record says so
 * already. `owes_facts`: this host has not been asked since for facts that the restored store may lack.
 */
export const storeState: Migration = {
  version: 5,
  up: (database) => {
    database.exec(`
      CREATE TABLE store_state (
        id INTEGER PRIMARY KEY CHECK (id = 1), store_id TEXT NOT NULL, changes INTEGER NOT NULL
      ) STRICT;
      INSERT INTO store_state (id, store_id, changes) VALUES (1, lower(hex(randomblob(16))), 0);
      CREATE TABLE restores (
        restored_ms INTEGER PRIMARY KEY, backup_ms INTEGER NOT NULL, facts INTEGER NOT NULL, recorded INTEGER NOT NULL
      ) STRICT;
      ALTER TABLE hosts ADD COLUMN owes_facts INTEGER NOT NULL DEFAULT 0;
    `)
    for (const [index, event] of counted.entries()) {
      database.exec(`CREATE TRIGGER store_state_${index} AFTER ${event} BEGIN
        UPDATE store_state SET changes = changes + 1;
      END;`)
    }
  },
}
