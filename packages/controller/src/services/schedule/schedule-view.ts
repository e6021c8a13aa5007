import type { ScheduleView } from '@chaos-lite/shared/api'
import type { StoredSchedule } from '../../store/index.ts'

/** A schedule as people see it. `drillTrouble`: why nothing can come of a date for its drill now; null: nothing. */
export function viewOf(schedule: StoredSchedule, drillTrouble: string | null): ScheduleView {
  const { scheduleId, clientId, name, drill, cron, timeZone, paused, lastSlotMs, lastOutcome } = schedule
  const trouble = schedule.trouble ?? drillTrouble
  const params = schedule.params as ScheduleView['params']
  const nextMs = paused || trouble !== null ? null : schedule.nextSlotMs
  const times = { paused, nextMs, lastSlotMs, lastOutcome, trouble }
  return { scheduleId, clientId, name, drill, params, cron, timeZone, ...times }
}
