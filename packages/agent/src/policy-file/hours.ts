import type { Window } from './schema.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const DAY_MINUTES = 24 * 60
const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * Does all of `fromMs`..`toMs` lie in one stretch of a window? Calendar and weekday are those of the window's zone, so a
 * day of 23 or 25 hours keeps its opening times.
 */
export function isWithinHours(windows: readonly Window[], fromMs: number, toMs: number): boolean {
  return windows.some((window) => {
    const opened = openedOn(window, fromMs)
    if (opened === null || opened !== openedOn(window, toMs) || toMs - fromMs >= 2 * DAY_MS) return false
    return !isPutBack(window.zone, fromMs, toMs) || isOpenThroughout(window, fromMs, toMs)
  })
}

/** Is the clock of the zone changed in between? Only then can a window shut and open again on one day. */
function isPutBack(zone: string, fromMs: number, toMs: number): boolean {
  return offsetMs(zone, fromMs) !== offsetMs(zone, toMs)
}

function offsetMs(zone: string, ms: number): number {
  const { date, minutes } = localTime(zone, ms)
  return Date.parse(`${date}T00:00Z`) + minutes * MINUTE_MS - Math.floor(ms / MINUTE_MS) * MINUTE_MS
}

/** Windows begin and end on a minute. */
function isOpenThroughout(window: Window, fromMs: number, toMs: number): boolean {
  for (let ms = fromMs; ms < toMs; ms += MINUTE_MS) if (openedOn(window, ms) === null) return false
  return true
}

/** The day on which the stretch around an instant was opened, or null when the window is shut then. */
function openedOn(window: Window, ms: number): string | null {
  const from = minutesOf(window.from)
  const to = minutesOf(window.to)
  const today = localTime(window.zone, ms)
  const overnight = to <= from
  if (today.minutes >= from && (overnight || today.minutes < to)) return opens(window, today) ? today.date : null
  if (!overnight || today.minutes >= to) return null
  // Before the closing time of a stretch that was opened the evening before.
  const yesterday = localTime(window.zone, ms - today.minutes * 60_000 - DAY_MS / 2)
  return opens(window, yesterday) ? yesterday.date : null
}

function opens({ days }: Window, { day }: LocalTime): boolean {
  return days === undefined || days.includes(day)
}

interface LocalTime {
  readonly date: string
  readonly day: (typeof DAYS)[number]
  readonly minutes: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** A format is dear to make and cheap to use; a policy names few zones. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const options = { timeZone: zone, hourCycle: 'h23', weekday: 'short' } as const
  const digits = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
  const made = new Intl.DateTimeFormat('en-GB', { ...options, ...digits })
  if (formats.size >= 50) formats.clear()
  formats.set(zone, made)
  return made
}

function localTime(zone: string, ms: number): LocalTime {
  const parts = formatOf(zone).formatToParts(ms)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const weekday = part('weekday').toLowerCase()
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    day: DAYS.find((day) => day === weekday) ?? 'sun',
    minutes: (Number(part('hour')) * 60 + Number(part('minute'))) % DAY_MINUTES,
  }
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(':').map(Number)
  return (hours ?? 0) * 60 + (minutes ?? 0)
}
