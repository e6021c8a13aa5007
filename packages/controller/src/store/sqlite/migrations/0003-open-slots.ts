import type { Migration } from '../migrate.ts'

/** A slot that was claimed and has no record yet: after a crash it is reported as missed. */
export const openSlots: Migration = {
  version: 3,
  up: (database) => {
    database.exec('ALTER TABLE schedules ADD COLUMN open_slot_ms INTEGER')
  },
}
