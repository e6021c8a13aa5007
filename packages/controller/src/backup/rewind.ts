import type { Database } from 'better-sqlite3'

interface How {
  readonly backupMs: number
  readonly restoredMs: number
  /** Every approved host waits for an administrator again. */
  readonly pending: boolean
}

/** What the operator should look at. */
export interface Rewound {
  /** Hosts that may connect. One that was revoked after the backup is among them. */
  readonly approved: readonly string[]
  readonly openTokens: number
  readonly logIns: number
}

/**
 * Makes an older database safe to go on from. What has happened since the backup is unknown here, and nothing that may
 * have been used up or withdrawn since may count again: log-ins end and enrolment tokens are void. The restore is noted,
 * for the record, and each host is asked for the facts that it still has.
 */
export function rewind(database: Database, { backupMs, restoredMs, pending }: How): Rewound {
  return database
    .transaction(() => {
      const logIns = database.prepare('DELETE FROM log_ins').run().changes
      // Cookies of before must not even be read.
      database.prepare("DELETE FROM settings WHERE name = 'session-secret'").run()
      const openTokens = database
        .prepare('UPDATE enrolment_tokens SET used = 1 WHERE used = 0 AND expires_ms > ?')
        .run(backupMs).changes
      database.prepare('UPDATE enrolment_tokens SET used = 1').run()
      if (pending) database.prepare("UPDATE hosts SET state = 'pending' WHERE state = 'approved'").run()
      database.prepare('UPDATE hosts SET owes_facts = 1').run()
      database
        .prepare(
          `INSERT INTO restores (restored_ms, backup_ms, facts, recorded)
           SELECT ?, ?, coalesce(max(fact_id), 0), 0 FROM facts`,
        )
        .run(restoredMs, backupMs)
      const approved = database
        .prepare<[], string>("SELECT name FROM hosts WHERE state = 'approved' ORDER BY name")
        .pluck()
        .all()
      return { approved, openTokens, logIns }
    })
    .immediate()
}
