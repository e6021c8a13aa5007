import type { Database, Statement } from 'better-sqlite3'

type Text = string | null

/** The hot path's statements, prepared once. */
export interface FactStatements {
  readonly last: Statement<[origin: string, epoch: string], { seq: number; digest: string }>
  readonly at: Statement<[origin: string, epoch: string, seq: number], { digest: string }>
  readonly belongs: Statement<[runId: string, hostId: string], unknown>
  /** Is this a run that a restored store has lost, as far as is known? */
  readonly lost: Statement<[runId: string], unknown>
  /** What is stored of one host in one run. */
  readonly share: Statement<[runId: string, origin: string], { facts: number; bytes: number }>
  readonly insert: Statement<[string, string, string, number, string, Text, number, string]>
  readonly incident: Statement<[string, string, string, string, number, string, Text, string, number]>
}

/** Compiles the statements of ingest once: they run for every fact, between other work of the event loop. */
export function prepareFacts(database: Database): FactStatements {
  return {
    last: database.prepare('SELECT seq, digest FROM facts WHERE origin = ? AND epoch = ? ORDER BY seq DESC LIMIT 1'),
    at: database.prepare('SELECT digest FROM facts WHERE origin = ? AND epoch = ? AND seq = ?'),
    belongs: database.prepare('SELECT 1 FROM run_hosts WHERE run_id = ? AND host_id = ?'),
    lost: database.prepare(
      'SELECT 1 WHERE EXISTS (SELECT 1 FROM restores) AND NOT EXISTS (SELECT 1 FROM runs WHERE run_id = ?)',
    ),
    share: database.prepare(
      'SELECT count(*) AS facts, coalesce(sum(length(line)), 0) AS bytes FROM facts WHERE run_id = ? AND origin = ?',
    ),
    insert: database.prepare(
      `INSERT INTO facts (client_id, origin, epoch, seq, digest, run_id, received_ms, line)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // The same line seen again (the agent sends until it is acknowledged) is the same incident.
    incident: database.prepare(
      `INSERT OR IGNORE INTO incidents (client_id, host_id, kind, epoch, seq, digest, line, reason, at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  }
}
