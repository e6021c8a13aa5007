import type { Kysely } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'

/** The restores of this store from a backup; `setRecorded` marks one that has its fact in the record. */
export function restoreQueries(db: Kysely<Tables>): Store['restores'] {
  return {
    async all() {
      const rows = await db.selectFrom('restores').selectAll().orderBy('restored_ms').execute()
      return rows.map((row) => ({
        restoredMs: row.restored_ms,
        backupMs: row.backup_ms,
        facts: row.facts,
        recorded: row.recorded === 1,
      }))
    },
    async setRecorded(restoredMs) {
      await db.updateTable('restores').set({ recorded: 1 }).where('restored_ms', '=', restoredMs).execute()
    },
  }
}
