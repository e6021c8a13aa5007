import { sentenceOf } from '@chaos-lite/shared'
import { cronExpression, nextSlot, slotsAfter } from '@chaos-lite/shared/schedule'
import type { StoredSchedule } from '../../store/index.ts'

type Times = Pick<StoredSchedule, 'cron' | 'timeZone' | 'lastSlotMs' | 'sinceMs'>

/** What is to be stored as a schedule's next slot. */
export type Next = Pick<StoredSchedule, 'nextSlotMs' | 'trouble'>

const WAY_OUT = 'Remove this schedule and add it again.'

/** The next slot of a stored schedule, or why it has none: rows may be older than what is understood today. Never throws. */
export function nextOf(schedule: Times): Next {
  try {
    const nextSlotMs = nextSlot(cronExpression(schedule.cron), schedule.timeZone, seenUntil(schedule))
    if (nextSlotMs !== null) return { nextSlotMs, trouble: null }
    return { nextSlotMs, trouble: `"${schedule.cron}" names no time that ever comes. ${WAY_OUT}` }
  } catch (error) {
    return { nextSlotMs: null, trouble: `${sentenceOf(error)} ${WAY_OUT}` }
  }
}

/** The slots that have come since the last one, at most `limit`, and the one after them. Throws what `cronExpression` throws. */
export function dueSlots(schedule: Times, nowMs: number, limit: number): { due: number[]; nextMs: number | null } {
  const due: number[] = []
  for (const ms of slotsAfter(cronExpression(schedule.cron), schedule.timeZone, seenUntil(schedule))) {
    if (ms > nowMs || due.length >= limit) return { due, nextMs: ms }
    due.push(ms)
  }
  return { due, nextMs: null }
}

function seenUntil({ lastSlotMs, sinceMs }: Times): number {
  return Math.max(lastSlotMs ?? 0, sinceMs)
}
