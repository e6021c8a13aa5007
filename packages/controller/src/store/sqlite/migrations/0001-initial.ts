import type { Migration } from '../migrate.ts'

/** A table whose rows can be added and read, and nothing else: refused by the database itself, not by convention. */
function appendOnly(table: string): string {
  return ['UPDATE', 'DELETE']
    .map(
      (verb) => `CREATE TRIGGER ${table}_no_${verb.toLowerCase()} BEFORE ${verb} ON ${table} BEGIN
        SELECT RAISE(ABORT, '${table} are append-only: ${verb} is refused');
      END;`,
    )
    .join('\n')
}

const client = 'client_id TEXT NOT NULL REFERENCES clients (client_id)'

/**
 * Everything of the first version. STRICT: a number is never stored where text belongs. `fact_id` rises with each
 * commit without AUTOINCREMENT (which costs a second write each time), because rows are never deleted.
 */
export const initial: Migration = {
  version: 1,
  up: (database) => {
    database.exec(`
      CREATE TABLE clients (client_id TEXT PRIMARY KEY, name TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE users (
        user_id TEXT PRIMARY KEY, ${client}, name TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
        password_hash TEXT NOT NULL, must_change INTEGER NOT NULL, session_epoch INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE log_ins (
        hash TEXT PRIMARY KEY, ${client}, kind TEXT NOT NULL, user_id TEXT NOT NULL REFERENCES users (user_id),
        session_epoch INTEGER NOT NULL, created_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, data TEXT NOT NULL
      ) STRICT;
      CREATE TABLE hosts (
        host_id TEXT PRIMARY KEY, ${client}, name TEXT NOT NULL, labels TEXT NOT NULL, state TEXT NOT NULL,
        public_key TEXT NOT NULL UNIQUE, enrolled_ms INTEGER NOT NULL, last_seen_ms INTEGER, inventory TEXT
      ) STRICT;
      CREATE INDEX hosts_by_client ON hosts (client_id);
      CREATE TABLE enrolment_tokens (
        hash TEXT PRIMARY KEY, ${client}, labels TEXT NOT NULL, expires_ms INTEGER NOT NULL, approve INTEGER NOT NULL,
        made_by TEXT NOT NULL, used INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE plans (plan_id TEXT PRIMARY KEY, ${client}, plan TEXT NOT NULL, created_ms INTEGER NOT NULL) STRICT;
      CREATE TABLE runs (
        run_id TEXT PRIMARY KEY, ${client}, drill TEXT NOT NULL, title TEXT NOT NULL, mode TEXT NOT NULL,
        phase TEXT NOT NULL, outcome TEXT, effect TEXT NOT NULL, restoration TEXT NOT NULL,
        started_ms INTEGER NOT NULL, ended_ms INTEGER, summary TEXT NOT NULL, plan TEXT
      ) STRICT;
      CREATE INDEX runs_by_client ON runs (client_id, run_id);
      CREATE INDEX runs_unended ON runs (run_id) WHERE ended_ms IS NULL;
      CREATE TABLE run_hosts (
        run_id TEXT NOT NULL REFERENCES runs (run_id), ${client},
        host_id TEXT NOT NULL REFERENCES hosts (host_id), PRIMARY KEY (run_id, host_id)
      ) STRICT;
      CREATE INDEX run_hosts_by_host ON run_hosts (host_id);
      CREATE TABLE facts (
        fact_id INTEGER PRIMARY KEY, ${client}, origin TEXT NOT NULL, epoch TEXT NOT NULL,
        seq INTEGER NOT NULL, digest TEXT NOT NULL, run_id TEXT, received_ms INTEGER NOT NULL,
        line TEXT NOT NULL, UNIQUE (origin, epoch, seq)
      ) STRICT;
      CREATE INDEX facts_by_run ON facts (run_id) WHERE run_id IS NOT NULL;
      CREATE TABLE incidents (
        incident_id INTEGER PRIMARY KEY AUTOINCREMENT, ${client}, host_id TEXT, kind TEXT NOT NULL, epoch TEXT,
        seq INTEGER, digest TEXT, line TEXT, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
        UNIQUE (host_id, kind, epoch, seq, digest)
      ) STRICT;
      CREATE INDEX incidents_by_client ON incidents (client_id, incident_id);
      CREATE TABLE schedules (
        schedule_id TEXT PRIMARY KEY, ${client}, name TEXT NOT NULL, drill TEXT NOT NULL, params TEXT NOT NULL,
        cron TEXT NOT NULL, time_zone TEXT NOT NULL, paused INTEGER NOT NULL, last_slot_ms INTEGER,
        last_outcome TEXT, created_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE webhooks (
        webhook_id TEXT PRIMARY KEY, ${client}, url TEXT NOT NULL, purpose TEXT NOT NULL, secret TEXT NOT NULL
      ) STRICT;
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      ${appendOnly('facts')}
      ${appendOnly('incidents')}
      ${appendOnly('run_hosts')}
    `)
  },
}
