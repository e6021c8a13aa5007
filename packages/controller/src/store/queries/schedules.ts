import type { Kysely, Selectable, Updateable } from 'kysely'
import type { Store, StoredSchedule } from '../store.ts'
import type { Tables } from '../tables.ts'
import { found } from './found.ts'
import { toJson } from './json.ts'

/** A row that cannot be read is one in trouble, never a reason to read none. */
const fromRow = (row: Selectable<Tables['schedules']>): StoredSchedule => {
  const params = paramsOf(row.params)
  return { ...plainColumns(row), params: params ?? {}, ...(params === null ? { trouble: UNREADABLE } : {}) }
}

const UNREADABLE = 'Its parameters cannot be read from the store; remove this schedule and add it again.'

function paramsOf(text: string): StoredSchedule['params'] | null {
  try {
    const params: unknown = JSON.parse(text)
    return typeof params === 'object' && params !== null && !Array.isArray(params) ? { ...params } : null
  } catch {
    return null
  }
}

const plainColumns = (row: Selectable<Tables['schedules']>): Omit<StoredSchedule, 'params'> => ({
  scheduleId: row.schedule_id,
  clientId: row.client_id,
  name: row.name,
  drill: row.drill,
  cron: row.cron,
  timeZone: row.time_zone,
  paused: row.paused === 1,
  lastSlotMs: row.last_slot_ms,
  openSlotMs: row.open_slot_ms,
  lastOutcome: row.last_outcome,
  createdMs: row.created_ms,
  sinceMs: row.since_ms ?? row.created_ms,
  nextSlotMs: row.next_slot_ms,
  trouble: row.trouble,
})

export function scheduleQueries(db: Kysely<Tables>): Store['schedules'] {
  const set = async (scheduleId: string, values: Updateable<Tables['schedules']>) => {
    const row = await db
      .updateTable('schedules')
      .set(values)
      .where('schedule_id', '=', scheduleId)
      .returningAll()
      .executeTakeFirst()
    return fromRow(found(row, `schedule ${scheduleId}`))
  }
  return {
    async add(schedule) {
      await db
        .insertInto('schedules')
        .values({
          schedule_id: schedule.scheduleId,
          client_id: schedule.clientId,
          name: schedule.name,
          drill: schedule.drill,
          params: toJson(schedule.params),
          cron: schedule.cron,
          time_zone: schedule.timeZone,
          paused: schedule.paused ? 1 : 0,
          last_slot_ms: schedule.lastSlotMs,
          open_slot_ms: schedule.openSlotMs,
          last_outcome: schedule.lastOutcome,
          created_ms: schedule.createdMs,
          since_ms: schedule.sinceMs,
          next_slot_ms: schedule.nextSlotMs,
          trouble: schedule.trouble,
        })
        .execute()
    },
    async all() {
      const rows = await db.selectFrom('schedules').selectAll().orderBy('schedule_id').execute()
      return rows.map(fromRow)
    },
    async byId(scheduleId) {
      const row = await db.selectFrom('schedules').selectAll().where('schedule_id', '=', scheduleId).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async remove(scheduleId) {
      await db.deleteFrom('schedules').where('schedule_id', '=', scheduleId).execute()
    },
    async due(nowMs, limit) {
      const due = db.selectFrom('schedules').selectAll().where('paused', '=', 0).where('next_slot_ms', '<=', nowMs)
      const rows = await due.orderBy('next_slot_ms').orderBy('schedule_id').limit(limit).execute()
      return rows.map(fromRow)
    },
    setNext: (scheduleId, { nextSlotMs, trouble, sinceMs }) =>
      set(scheduleId, { next_slot_ms: nextSlotMs, trouble, ...(sinceMs === undefined ? {} : { since_ms: sinceMs }) }),
    setPaused: (scheduleId, paused) => set(scheduleId, { paused: paused ? 1 : 0 }),
    async claim(scheduleId, slotMs, nextSlotMs) {
      const claimed = await db
        .updateTable('schedules')
        .set({ last_slot_ms: slotMs, open_slot_ms: slotMs, next_slot_ms: nextSlotMs })
        .where('schedule_id', '=', scheduleId)
        // Somebody may have paused it since it was found to be due.
        .where('paused', '=', 0)
        .where((eb) => eb.or([eb('last_slot_ms', 'is', null), eb('last_slot_ms', '<', slotMs)]))
        .returning('schedule_id')
        .executeTakeFirst()
      return claimed !== undefined
    },
    async recorded(scheduleId, slotMs) {
      await db
        .updateTable('schedules')
        .set({ open_slot_ms: null })
        .where('schedule_id', '=', scheduleId)
        .where('open_slot_ms', '=', slotMs)
        .execute()
    },
    async setOutcome(scheduleId, outcome) {
      await set(scheduleId, { last_outcome: outcome })
    },
  }
}
