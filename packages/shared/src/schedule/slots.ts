import { Temporal } from 'temporal-polyfill'
import { ChaosError } from '../errors.ts'
import type { CronExpression } from './expression.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** The longest time between two slots: a leap day on a certain weekday comes every 28 years, or 40 around 2100. */
const HORIZON_MS = 45 * 366 * DAY_MS

/** Throws `request-invalid` for a zone this system does not know. */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new ChaosError(
      'request-invalid',
      `There is no time zone "${timeZone}"; give an IANA name such as Europe/Berlin or Asia/Karachi.`,
    )
  }
}

/**
 * The instants (UTC ms) at which an expression fires after `afterMs`, in order; endless for all practical purposes.
 * A slot is a wall-clock time of the zone. When the clocks go forward over it, it fires as much later as the clocks
 * jumped (02:30 becomes 03:30): a drill is never lost. When the clocks go back and the time comes twice, it fires the
 * first time only. Slots that fall together fire once.
 */
export function* slotsAfter(expression: CronExpression, timeZone: string, afterMs: number): Generator<number> {
  checkTimeZone(timeZone)
  let lastMs = afterMs
  // One day early: a zone may be ahead of UTC, and a slot moved by a clock change may belong to the day before.
  for (let dayMs = startOfWallDay(afterMs, timeZone) - DAY_MS; dayMs - lastMs < HORIZON_MS; dayMs += DAY_MS) {
    for (const minute of expression.minutesOfDay) {
      const wallMs = dayMs + minute * MINUTE_MS
      if (!expression.matches(wallMs)) continue
      const instantMs = instantOf(wallMs, timeZone)
      if (instantMs <= lastMs) continue
      lastMs = instantMs
      yield instantMs
    }
  }
}

/** The next slot after an instant, or null when there is none. */
export function nextSlot(expression: CronExpression, timeZone: string, afterMs: number): number | null {
  const { value } = slotsAfter(expression, timeZone, afterMs).next()
  return typeof value === 'number' ? value : null
}

/** Wall-clock time (as if it were UTC) to the instant: later over a gap, the earlier of two at a fold (RFC 5545, 3.3.5). */
function instantOf(wallMs: number, timeZone: string): number {
  const wall = Temporal.Instant.fromEpochMilliseconds(wallMs).toZonedDateTimeISO('UTC').toPlainDateTime()
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}

function startOfWallDay(instantMs: number, timeZone: string): number {
  const date = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(timeZone).toPlainDate()
  return date.toZonedDateTime('UTC').epochMilliseconds
}
