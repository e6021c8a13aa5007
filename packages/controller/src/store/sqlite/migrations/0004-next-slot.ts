import type { Migration } from '../migrate.ts'

/**
 * The slot that a schedule answers next, so that a look at the calendar reads only what is due; from when on its slots
 * count; and why it cannot be computed. Slots of rows from before are computed when the timetable starts.
 */
export const nextSlots: Migration = {
  version: 4,
  up: (database) => {
    database.exec(`
      ALTER TABLE schedules ADD COLUMN since_ms INTEGER;
      ALTER TABLE schedules ADD COLUMN next_slot_ms INTEGER;
      ALTER TABLE schedules ADD COLUMN trouble TEXT;
      CREATE INDEX schedules_due ON schedules (next_slot_ms) WHERE paused = 0;
    `)
  },
}
