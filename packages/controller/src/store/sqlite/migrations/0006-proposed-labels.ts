import type { Migration } from '../migrate.ts'

/** Labels that a host says of itself are proposals. What hosts already have stays: an administrator could see and change it. */
export const proposedLabels: Migration = {
  version: 6,
  up: (database) => {
    database.exec("ALTER TABLE hosts ADD COLUMN proposed_labels TEXT NOT NULL DEFAULT '{}'")
  },
}
