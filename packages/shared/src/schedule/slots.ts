import type { CronExpression } from './expression.ts'
import { WallClock } from './wall-clock.ts'

const DAY_MS = 86_400_000
/** The calendar repeats itself, weekdays included, after 400 years: what has not come by then never comes. */
const NEVER_MONTHS = 400 * 12
/** Nothing is looked for beyond this year: it bounds every search. */
export const LAST_YEAR = 9_999

/**
 * The instants (UTC ms) at which an expression fires after `afterMs`, in order, up to the end of `LAST_YEAR`.
 * A slot is a wall-clock time of the zone. When the clocks go forward over it, it fires as much later as the clocks
 * jumped (02:30 becomes 03:30): a drill is never lost. When the clocks go back and the time comes twice, it fires the
 * first time only. Slots that fall together fire once. Throws `request-invalid` for a zone that is not known.
 */
export function* slotsAfter(expression: CronExpression, timeZone: string, afterMs: number): Generator<number> {
  const clock = new WallClock(timeZone)
  let lastMs = afterMs
  let waiting: number[] = []
  // One day early: a slot that a clock change moved may belong to the day before.
  for (const dayMs of matchingDaysFrom(expression, clock.dayOf(afterMs) - DAY_MS)) {
    const endMs = clock.instantOf(dayMs + DAY_MS)
    const found = [...waiting, ...clock.instantsOn(dayMs, expression.minutesOfDay)].sort((a, b) => a - b)
    // A slot that a clock change moved beyond the end of its day waits for those of the next day that come before it.
    waiting = found.filter((instantMs) => instantMs >= endMs)
    for (const instantMs of found) {
      if (instantMs >= endMs) break
      if (instantMs <= lastMs) continue
      lastMs = instantMs
      yield instantMs
    }
  }
  yield* waiting.filter((instantMs) => instantMs > lastMs)
}

/** The next slot after an instant, or null when there is none. */
export function nextSlot(expression: CronExpression, timeZone: string, afterMs: number): number | null {
  const { value } = slotsAfter(expression, timeZone, afterMs).next()
  return typeof value === 'number' ? value : null
}

/** Midnights (as if of UTC) of the days on which it fires: months first, then their days; times of the day never. */
function* matchingDaysFrom(expression: CronExpression, fromDayMs: number): Generator<number> {
  const from = new Date(fromDayMs)
  let [year, month, idleMonths] = [from.getUTCFullYear(), from.getUTCMonth() + 1, 0]
  while (year <= LAST_YEAR && idleMonths <= NEVER_MONTHS) {
    const days = expression.daysOf(year, month)
    idleMonths = days.length > 0 ? 0 : idleMonths + 1
    for (const day of days) {
      const dayMs = Date.UTC(year, month - 1, day)
      if (dayMs >= fromDayMs) yield dayMs
    }
    ;[year, month] = month === 12 ? [year + 1, 1] : [year, month + 1]
  }
}
