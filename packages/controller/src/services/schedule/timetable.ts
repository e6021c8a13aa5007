import type { Outcome, Plan, Ulid } from '@chaos-lite/shared'
import type { ScheduleRequest, ScheduleView } from '@chaos-lite/shared/api'
import { cronExpression } from '@chaos-lite/shared/schedule'
import { createTask, type ScheduledTask } from 'node-cron'
import type { Logger } from 'pino'
import { ulid } from 'ulid'
import type * as z from 'zod'
import type { Store, StoredSchedule } from '../../store/index.ts'
import type { Clock } from '../../time/index.ts'
import { inSlices, turn } from '../../turn.ts'
import type { StoredRunBook } from '../book.ts'
import type { Runs, Slot } from '../runs.ts'
import { firstSlot } from './first-slot.ts'
import { dueSlots, nextOf } from './next-slot.ts'
import { ownedSchedule } from './owned-schedule.ts'
import { viewOf } from './schedule-view.ts'
import { SlotRecords, wholeReason } from './slot-records.ts'

/** A slot is answered up to this long after its time; later, it is missed. Drills never start at a surprising hour. */
export const GRACE_MS = 5 * 60_000
/** After a long absence, this many missed slots of one schedule get a record each; the rest share the last one's reason. */
const MISSED_RECORDS_MAX = 50
/** No more slots are looked at in one round; the rest are taken in the next. */
const SLOTS_PER_ROUND = 5000
/** No more schedules are answered in one round; the rest are taken in the next. */
const DUE_AT_ONCE = 5000
/** More schedules of one company than anybody can oversee. */
const SCHEDULES_MAX = 2000

const LOST_SLOT =
  'the store was restored from a backup made before this time: whether a drill ran then is not in the record any more'

/** What a timetable works with: the store of schedules, and how a run is planned and started. */
export interface TimetableDeps {
  readonly store: Store
  readonly book: StoredRunBook
  readonly runs: Runs
  readonly clock: Clock
  readonly log: Logger
  readonly plan: (
    request: { drill: string; params: Readonly<Record<string, unknown>> },
    clientId: Ulid,
  ) => Promise<Plan>
  /** People are notified of missed slots. */
  readonly onMissed: (slot: { clientId: Ulid; summary: string; runId: Ulid }) => void
  /** The drill's title, for records of slots that were never planned; throws when there is no such drill. */
  readonly titleOf: (drill: string) => string
  /** Why nothing can come of a date for this drill now; null: nothing is wrong with it. */
  readonly troubleOf: (drill: string) => string | null
  /** How long a run may take. Throws for a drill with mistakes, and `param-invalid` for parameters that it does not take. */
  readonly lastsAtMostMs: (drill: string, params: Readonly<Record<string, unknown>>) => Promise<number>
}

/** Drills on the calendar. Each slot is claimed once in the store, forward only, and always ends as a record. */
export class Timetable {
  readonly #deps: TimetableDeps
  #tick: ScheduledTask | null = null
  #round: Promise<void> = Promise.resolve()
  readonly #records: SlotRecords
  /** When the store was last restored from a backup; 0: never. */
  #restoredMs = 0

  constructor(deps: TimetableDeps) {
    this.#deps = deps
    this.#records = new SlotRecords(deps)
  }

  /** Looks at the calendar now, for what passed while nobody was looking, and then at every full minute. */
  async start(): Promise<void> {
    this.#restoredMs = Math.max(0, ...(await this.#deps.store.restores.all()).map(({ restoredMs }) => restoredMs))
    await this.#closeInterrupted()
    await this.#computeAll()
    await this.look()
    this.#tick = createTask('* * * * *', () => this.look(), { timezone: 'UTC', noOverlap: true, unref: true })
    await this.#tick.start()
  }

  async close(): Promise<void> {
    await this.#tick?.destroy()
    await this.#round
  }

  async add(request: z.output<typeof ScheduleRequest>, clientId: Ulid): Promise<ScheduleView> {
    const expression = cronExpression(request.cron)
    this.#deps.titleOf(request.drill)
    const createdMs = this.#deps.clock.nowMs()
    const lastsAtMostMs = await this.#deps.lastsAtMostMs(request.drill, request.params)
    const nextSlotMs = firstSlot({ ...request, cron: expression.text }, createdMs, lastsAtMostMs)
    const schedule: StoredSchedule = {
      ...request,
      cron: expression.text,
      scheduleId: ulid(),
      clientId,
      paused: false,
      lastSlotMs: null,
      openSlotMs: null,
      lastOutcome: null,
      createdMs,
      sinceMs: createdMs,
      nextSlotMs,
      trouble: null,
    }
    await this.#deps.store.schedules.add(schedule, SCHEDULES_MAX)
    return this.view(schedule)
  }

  view(schedule: StoredSchedule): ScheduleView {
    return viewOf(schedule, this.#deps.troubleOf(schedule.drill))
  }

  /** Answers every slot that has come due. Rounds run one after another. */
  look(): Promise<void> {
    const round = async () => {
      await this.#records.storeAgain().catch(() => undefined)
      for (const schedule of await this.#deps.store.schedules.due(this.#deps.clock.nowMs(), DUE_AT_ONCE)) {
        await this.#lookAt(schedule).catch((error: unknown) =>
          this.#deps.log.error({ err: error, scheduleId: schedule.scheduleId }, 'a schedule could not be answered'),
        )
        await turn()
      }
    }
    // One round that fails must not be the last one.
    this.#round = this.#round
      .then(round)
      .catch((error: unknown) => this.#deps.log.error({ err: error }, 'the timetable could not be looked at'))
    return this.#round
  }

  /** Resumed schedules begin with the next slot: what passed while paused was wanted to pass. */
  async setPaused(scheduleId: Ulid, paused: boolean, clientIds: readonly Ulid[]): Promise<ScheduleView> {
    const { schedules } = this.#deps.store
    await ownedSchedule(this.#deps.store, scheduleId, clientIds)
    if (paused) return this.view(await schedules.pause(scheduleId))
    return this.view(await schedules.resume(scheduleId, this.#deps.clock.nowMs(), nextOf))
  }

  /** Takes a drill off the calendar. Its records stay. Throws `not-found`, also for a schedule of another client. */
  async remove(scheduleId: Ulid, clientIds: readonly Ulid[]): Promise<void> {
    await ownedSchedule(this.#deps.store, scheduleId, clientIds)
    await this.#deps.store.schedules.remove(scheduleId)
  }

  async #lookAt(schedule: StoredSchedule): Promise<void> {
    const { scheduleId } = schedule
    if (this.#records.isWaiting(scheduleId)) return
    if (schedule.trouble !== null) {
      await this.#deps.store.schedules.setNext(scheduleId, ({ trouble }) => ({ nextSlotMs: null, trouble }))
      return
    }
    const nowMs = this.#deps.clock.nowMs()
    const { due, nextMs } = dueSlots(schedule, nowMs, SLOTS_PER_ROUND)
    const unrecorded = Math.max(0, due.length - MISSED_RECORDS_MAX)
    let claimed = false
    for (const [index, slotMs] of due.entries()) {
      if (index < unrecorded) continue
      // Claiming is the only permission to act: another controller, or this one before a restart, may have been here.
      if (!(await this.#deps.store.schedules.claim(scheduleId, slotMs, due[index + 1] ?? nextMs))) continue
      claimed = true
      const earlier = index === unrecorded && unrecorded > 0 ? `; so did ${unrecorded} earlier slots` : ''
      // Of a time that the restored store knows nothing about: it may have been answered, and is not answered twice.
      if (slotMs <= this.#restoredMs) await this.#close(schedule, slotMs, 'missed', LOST_SLOT)
      else if (nowMs - slotMs > GRACE_MS)
        await this.#close(schedule, slotMs, 'missed', `nothing ran at this time: the controller was down${earlier}`)
      else await this.#answer(schedule, slotMs)
      await turn()
    }
    if (!claimed) await this.#computeNext(scheduleId)
  }

  /** Rows of older versions have no next slot yet, and rules of time zones change with Node. */
  async #computeAll(): Promise<void> {
    const pause = inSlices()
    for (const { scheduleId } of await this.#deps.store.schedules.all()) {
      await this.#computeNext(scheduleId).catch((error: unknown) =>
        this.#deps.log.error({ err: error, scheduleId }, 'the next slot of a schedule could not be stored'),
      )
      await pause()
    }
  }

  async #computeNext(scheduleId: Ulid): Promise<void> {
    const changed = await this.#deps.store.schedules.setNext(scheduleId, nextOf)
    if (changed !== null && changed.trouble !== null)
      this.#deps.log.warn({ scheduleId }, `The schedule ${changed.name} fires nothing. ${changed.trouble}`)
  }

  async #answer(schedule: StoredSchedule, slotMs: number): Promise<void> {
    const { drill, params, clientId, name } = schedule
    const by = `schedule ${name}`
    try {
      const plan = await this.#deps.plan({ drill, params }, clientId)
      const slot = this.#slot(schedule, slotMs)
      const row = await this.#deps.runs.start({ planId: plan.planId, digest: plan.digest }, clientId, by, slot)
      await this.#deps.store.schedules
        .recorded(schedule.scheduleId, slotMs)
        .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'a slot with its run was not noted'))
      this.#deps.runs
        .ended(row.runId)
        ?.then((run) => this.#deps.store.schedules.setOutcome(schedule.scheduleId, run.outcome ?? 'unknown'))
        .catch((error: unknown) => this.#deps.log.warn({ err: error }, 'the outcome of a slot was not noted'))
    } catch (error) {
      await this.#close(schedule, slotMs, 'skipped', wholeReason(error))
    }
  }

  #slot(schedule: StoredSchedule, slotMs: number): Omit<Slot, 'runId' | 'type'> {
    const { clientId, scheduleId, drill, name } = schedule
    return { clientId, scheduleId, schedule: name, slotMs, drill, title: this.#title(drill) }
  }

  #title(drill: string): string {
    try {
      return this.#deps.titleOf(drill)
    } catch {
      return drill
    }
  }

  #close(schedule: StoredSchedule, slotMs: number, outcome: Outcome, reason: string): Promise<void> {
    return this.#records.store({ slot: this.#slot(schedule, slotMs), outcome, reason })
  }

  /** A controller that died between taking a slot and its record: no drill is lost without a word. */
  async #closeInterrupted(): Promise<void> {
    for (const schedule of await this.#deps.store.schedules.all()) {
      const { scheduleId, openSlotMs } = schedule
      if (openSlotMs === null) continue
      try {
        if (await this.#records.has(schedule, openSlotMs)) {
          await this.#deps.store.schedules.recorded(scheduleId, openSlotMs)
        } else {
          const lost = openSlotMs <= this.#restoredMs
          const reason = lost ? LOST_SLOT : 'the controller stopped while it started this drill'
          await this.#close(schedule, openSlotMs, 'missed', reason)
        }
      } catch (error) {
        this.#deps.log.error({ err: error, scheduleId }, 'an interrupted slot could not be recorded')
      }
    }
  }
}
