const time = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' })
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** The time of day with seconds, in the reader's zone. */
export function timeText(ms: number): string {
  return time.format(ms)
}

/** Date and time to the minute, in the reader's zone; the date is left out for today. */
export function dateText(ms: number, nowMs = Date.now()): string {
  const today = day.format(nowMs) === day.format(ms)
  return today ? `today ${minute.format(ms)}` : `${day.format(ms)}, ${minute.format(ms)}`
}

/** The same instant in UTC, without fractions: `2026-01-02 14:03:05 UTC`. */
export function utcText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How long ago, roughly: `just now`, `3 min ago`. */
export function agoText(ms: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (seconds < 15) return 'just now'
  if (seconds < 90) return `${seconds} s ago`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`
  return `${Math.round(seconds / 86_400)} days ago`
}

/** Elapsed time as a running clock: `0:07`, `12:30`, `1:02:03`. */
export function clockOf(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const hours = Math.floor(seconds / 3600)
  return hours > 0 ? `${hours}:${rest}` : rest.replace(/^0(?=\d:)/, '')
}
