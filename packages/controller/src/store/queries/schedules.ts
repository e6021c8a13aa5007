import { ChaosError } from '@chaos-lite/shared'
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
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

const toRow = (schedule: StoredSchedule): Insertable<Tables['schedules']> => ({
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

async function byId(db: Kysely<Tables>, scheduleId: string): Promise<StoredSchedule | null> {
  const row = await db.selectFrom('schedules').selectAll().where('schedule_id', '=', scheduleId).executeTakeFirst()
  return row ? fromRow(row) : null
}

async function set(
  db: Kysely<Tables>,
  scheduleId: string,
  values: Updateable<Tables['schedules']>,
): Promise<StoredSchedule> {
  const row = await db
    .updateTable('schedules')
    .set(values)
    .where('schedule_id', '=', scheduleId)
    .returningAll()
    .executeTakeFirst()
  return fromRow(found(row, `schedule ${scheduleId}`))
}

/** What reads a schedule and then writes it: one transaction each, so that nobody changes the schedule in between. */
function changes(db: Kysely<Tables>): Pick<Store['schedules'], 'add' | 'resume' | 'setNext'> {
  return {
    add: (schedule, most) =>
      db.transaction().execute(async (trx) => {
        const { count } = await trx
          .selectFrom('schedules')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('client_id', '=', schedule.clientId)
          .executeTakeFirstOrThrow()
        if (count >= most)
          throw new ChaosError('too-many', `There are ${most} schedules already; remove those not needed.`)
        await trx.insertInto('schedules').values(toRow(schedule)).execute()
      }),
    resume: (scheduleId, sinceMs, next) =>
      db.transaction().execute(async (trx) => {
        const schedule = found((await byId(trx, scheduleId)) ?? undefined, `schedule ${scheduleId}`)
        if (!schedule.paused) return schedule
        const { nextSlotMs, trouble } = next({ ...schedule, sinceMs })
        return set(trx, scheduleId, { paused: 0, since_ms: sinceMs, next_slot_ms: nextSlotMs, trouble })
      }),
    setNext: (scheduleId, next) =>
      db.transaction().execute(async (trx) => {
        const schedule = await byId(trx, scheduleId)
        if (schedule === null) return null
        const { nextSlotMs, trouble } = next(schedule)
        if (nextSlotMs === schedule.nextSlotMs && trouble === schedule.trouble) return null
        return set(trx, scheduleId, { next_slot_ms: nextSlotMs, trouble })
      }),
  }
}

/** The schedules. `claim` is a compare-and-set: of two controllers, or of two ticks, one gets a slot. */
export function scheduleQueries(db: Kysely<Tables>): Store['schedules'] {
  return {
    ...changes(db),
    async all() {
      const rows = await db.selectFrom('schedules').selectAll().orderBy('schedule_id').execute()
      return rows.map(fromRow)
    },
    byId: (scheduleId) => byId(db, scheduleId),
    async remove(scheduleId) {
      await db.deleteFrom('schedules').where('schedule_id', '=', scheduleId).execute()
    },
    async due(nowMs, limit) {
      const due = db.selectFrom('schedules').selectAll().where('paused', '=', 0).where('next_slot_ms', '<=', nowMs)
      const rows = await due.orderBy('next_slot_ms').orderBy('schedule_id').limit(limit).execute()
      return rows.map(fromRow)
    },
    pause: (scheduleId) => set(db, scheduleId, { paused: 1 }),
    async claim(scheduleId, slotMs, nextSlotMs) {
      const claimed = await db
        .updateTable('schedules')
        .set({ last_slot_ms: slotMs, open_slot_ms: slotMs, next_slot_ms: nextSlotMs })
        .where('schedule_id', '=', scheduleId)
        // Somebody may have paused it since it was found to be due.
        .where('paused', '=', 0)
        .where((eb) => eb.or([eb('last_slot_ms', 'is', null), eb('last_slot_ms', '<', slotMs)]))
        // Or paused and resumed: what passed while it was paused was meant to pass.
        .where((eb) => eb.or([eb('since_ms', 'is', null), eb('since_ms', '<', slotMs)]))
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
      await set(db, scheduleId, { last_outcome: outcome })
    },
  }
}
