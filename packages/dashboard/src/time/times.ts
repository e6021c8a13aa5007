import { isZone, ownZone } from './zones.ts'

// How every time on a screen is written: in the reader's zone, with its name; UTC stands beside it, or is one press away.

/** What a time is called that no calendar can show; a host may send any number. */
const UNKNOWN = 'at an unknown time'
const MAX_DATE_MS = 8_640_000_000_000_000

const zone = ownZone()
const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone } as const
const seconds = new Intl.DateTimeFormat(undefined, { ...clock, second: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric', timeZone: zone })
const minute = new Intl.DateTimeFormat(undefined, clock)
const named = new Intl.DateTimeFormat(undefined, { timeZone: zone, timeZoneName: 'short' })

function isShowable(ms: number): boolean {
  return Math.abs(ms) <= MAX_DATE_MS
}

/** What the reader's zone is called at that instant: `CET` in winter, `CEST` in summer. */
export function zoneText(ms: number): string {
  if (!isShowable(ms)) return zone
  return named.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? zone
}

/** The reader's zone in full, for one instant: `CET (Europe/Berlin)`; `UTC` where that is all there is to say. */
export function zoneNames(ms: number): string {
  const short = zoneText(ms)
  return short === zone ? zone : `${short} (${zone})`
}

/** The time of day with seconds, in the reader's zone, without its name: only where that stands beside it. */
export function bareTimeText(ms: number): string {
  return isShowable(ms) ? seconds.format(ms) : UNKNOWN
}

/** The same in UTC: only where a head says so. */
export function bareUtcTimeText(ms: number): string {
  return isShowable(ms) ? new Date(ms).toISOString().slice(-13, -5) : UNKNOWN
}

/** The time of day to the minute, in the reader's zone: `14:03 CET`. */
export function minuteText(ms: number): string {
  return isShowable(ms) ? `${minute.format(ms)} ${zoneText(ms)}` : UNKNOWN
}

/** The time of day with seconds, in the reader's zone: `14:03:05 CET`. */
export function timeText(ms: number): string {
  return isShowable(ms) ? `${seconds.format(ms)} ${zoneText(ms)}` : UNKNOWN
}

/** The time of day with seconds, in the reader's zone; the date as well where it is not today: `30 Nov 2026, 14:03:05 CET`. */
export function fullText(ms: number, nowMs = Date.now()): string {
  if (!isShowable(ms)) return UNKNOWN
  return day.format(nowMs) === day.format(ms) ? timeText(ms) : `${day.format(ms)}, ${timeText(ms)}`
}

/** The time of day in the reader's zone and in UTC, for what cannot be pointed at twice: `14:03:05 CET (13:03:05 UTC)`. */
export function bothText(ms: number): string {
  return isShowable(ms) && zoneText(ms) !== 'UTC' ? `${timeText(ms)} (${bareUtcTimeText(ms)} UTC)` : timeText(ms)
}

/** Date and time to the minute, in the reader's zone; the date is left out for today. */
export function dateText(ms: number, nowMs = Date.now()): string {
  if (!isShowable(ms)) return UNKNOWN
  const today = day.format(nowMs) === day.format(ms)
  return `${today ? 'today ' : `${day.format(ms)}, `}${minute.format(ms)} ${zoneText(ms)}`
}

/** The same instant in UTC, without fractions: `2026-01-02 14:03:05 UTC`. */
export function utcText(ms: number): string {
  return isShowable(ms) ? `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC` : UNKNOWN
}

/** For programs, in ISO 8601; undefined where no calendar can show it. */
export function isoText(ms: number): string | undefined {
  return isShowable(ms) ? new Date(ms).toISOString() : undefined
}

/**
 * An instant as the clocks in that zone show it, with weekday and offset: `Fri, 3 Apr 2026, 16:00 +02:00`. The offset distinguishes
 * the two that read alike when the clocks go back. For times of a schedule, whose zone is named beside them.
 */
export function inZone(ms: number, timeZone: string): string {
  if (!isShowable(ms)) return UNKNOWN
  // A newer controller may know zones that this browser does not.
  const known = isZone(timeZone)
  const shown = { timeZone: known ? timeZone : 'UTC' } as const
  const date = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
  const text = new Intl.DateTimeFormat(undefined, { ...date, ...clock, ...shown }).format(ms)
  return `${text} ${known ? offsetText(ms, timeZone) : 'UTC'}`
}

/** How far a zone is from UTC at an instant: `+02:00`. */
function offsetText(ms: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).formatToParts(ms)
  return parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') || '+00:00'
}

/** How long ago, roughly: `just now`, `3 min ago`. */
export function agoText(ms: number, nowMs: number): string {
  const passed = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (passed < 15) return 'just now'
  if (passed < 90) return `${passed} s ago`
  if (passed < 5400) return `${Math.round(passed / 60)} min ago`
  if (passed < 129_600) return `${Math.round(passed / 3600)} h ago`
  return `${Math.round(passed / 86_400)} days ago`
}

/** Elapsed time as it runs, to the second: `7 s`, `12 min 05 s`, `1 h 02 min 03 s`. */
export function elapsedText(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (hours > 0) return `${hours} h ${two(minutes)} min ${two(rest)} s`
  return minutes > 0 ? `${minutes} min ${two(rest)} s` : `${rest} s`
}
