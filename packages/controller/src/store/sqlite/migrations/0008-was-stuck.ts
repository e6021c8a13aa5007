import type { Migration } from '../migrate.ts'

/** A run whose host was stuck before it came back says so in every list. Runs from before are not judged anew. */
export const wasStuck: Migration = {
  version: 8,
  up: (database) => void database.exec('ALTER TABLE runs ADD COLUMN was_stuck INTEGER NOT NULL DEFAULT 0'),
}
