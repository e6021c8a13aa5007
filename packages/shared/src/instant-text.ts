// How an instant is written for people wherever no browser shows it: always with its zone. Instants are milliseconds since
// 1970 in UTC. A host may send any number: one that no calendar can show is an unknown time.

const MAX_DATE_MS = 8_640_000_000_000_000
const UNKNOWN = 'an unknown time'

function isShowable(ms: number): boolean {
  return Math.abs(ms) <= MAX_DATE_MS
}

/** An instant in sentences of agents and controllers, which know no zone of their reader: `2026-11-30 08:19:54 UTC`. */
export function utcText(ms: number): string {
  return isShowable(ms) ? `${utcDay(ms)} ${utcClock(ms)} UTC` : UNKNOWN
}

/** The time of day to the minute, for sentences of a run whose day is known: `08:19 UTC`. */
export function utcMinuteText(ms: number): string {
  return isShowable(ms) ? `${utcClock(ms).slice(0, 5)} UTC` : `at ${UNKNOWN}`
}

/**
 * An instant on a terminal or in a report: in a zone, with its offset, and in UTC, `2026-11-30 13:19:54 +05:00 (08:19:54
 * UTC)`. Where both are the same, once: `2026-11-30 08:19:54 UTC`.
 *
 * @param timeZone an IANA name; default: the zone of this machine. UTC where this machine does not know it
 */
export function instantText(ms: number, timeZone?: string): string {
  if (!isShowable(ms)) return UNKNOWN
  const { day, clock, offset } = localParts(ms, timeZone)
  if (offset === ZERO) return utcText(ms)
  const utc = day === utcDay(ms) ? utcClock(ms) : `${utcDay(ms)} ${utcClock(ms)}`
  return `${day} ${clock} ${offset} (${utc} UTC)`
}

/** The same with the name of the zone: `2026-07-03 16:00:00 +02:00 Europe/Berlin (14:00:00 UTC)`. For times of a schedule. */
export function namedInstantText(ms: number, timeZone: string): string {
  const text = instantText(ms, timeZone)
  if (text.includes('(')) return text.replace(' (', ` ${timeZone} (`)
  return timeZone === 'UTC' || !isShowable(ms) ? text : `${text} (${timeZone})`
}

/** The time of day on a terminal, in the zone of this machine and in UTC: `13:19:54 +05:00 (08:19:54 UTC)`. */
export function timeOfDayText(ms: number): string {
  if (!isShowable(ms)) return UNKNOWN
  const { clock, offset } = localParts(ms)
  return offset === ZERO ? `${utcClock(ms)} UTC` : `${clock} ${offset} (${utcClock(ms)} UTC)`
}

/** The same to the minute: `13:19 +05:00 (08:19 UTC)`. */
export function minuteOfDayText(ms: number): string {
  return isShowable(ms) ? timeOfDayText(ms).replaceAll(/(\d\d:\d\d):\d\d/g, '$1') : `at ${UNKNOWN}`
}

function utcDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, -14)
}

function utcClock(ms: number): string {
  return new Date(ms).toISOString().slice(-13, -5)
}

const ZERO = '+00:00'

interface LocalParts {
  /** `2026-11-30`. */
  readonly day: string
  /** `13:19:54`. */
  readonly clock: string
  /** `+05:00`, as in ISO 8601. */
  readonly offset: string
}

function localParts(ms: number, timeZone?: string): LocalParts {
  const parts = known(timeZone).formatToParts(ms)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? ''
  const offset = part('timeZoneName').replace('GMT', '') || ZERO
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`
  return { day: `${part('year')}-${part('month')}-${part('day')}`, clock, offset }
}

function format(timeZone: string | undefined): Intl.DateTimeFormat {
  const two = '2-digit'
  const digits = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const
  return new Intl.DateTimeFormat('en', { ...digits, hourCycle: 'h23', timeZoneName: 'longOffset', timeZone })
}

/** The controller may know a zone that this machine does not. */
function known(timeZone: string | undefined): Intl.DateTimeFormat {
  try {
    return format(timeZone)
  } catch {
    return format('UTC')
  }
}
