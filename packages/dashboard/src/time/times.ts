import { isZone, ownZone } from './zones.ts'

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
  return named.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? zone
}

/** The time of day with seconds, in the reader's zone: `14:03:05 CET`. */
export function timeText(ms: number): string {
  return isShowable(ms) ? `${seconds.format(ms)} ${zoneText(ms)}` : UNKNOWN
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

/** An instant as the clocks in that zone show it, with weekday: `Fri, 3 Apr 2026, 16:00 Europe/Berlin`. */
export function inZone(ms: number, timeZone: string): string {
  if (!isShowable(ms)) return UNKNOWN
  // A newer controller may know zones that this browser does not.
  const shown = isZone(timeZone) ? timeZone : 'UTC'
  const date = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' } as const
  return `${new Intl.DateTimeFormat(undefined, { ...date, ...clock, timeZone: shown }).format(ms)} ${shown}`
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

/** Elapsed time as a running clock: `0:07`, `12:30`, `1:02:03`. */
export function clockOf(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`
  const hours = Math.floor(whole / 3600)
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0(?=\d:)/, '')
}
