/** The zone of the reader. */
export function ownZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** All zones this browser knows, the reader's own and UTC first. */
export function zones(): string[] {
  return [...new Set([ownZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')])]
}

/** An instant as the clocks in that zone show it, with weekday: `Fri, 3 Apr 2026, 16:00`. */
export function inZone(ms: number, timeZone: string): string {
  const style = {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  } as const
  return new Intl.DateTimeFormat(undefined, { ...style, hourCycle: 'h23', timeZone }).format(ms)
}

/** Timetables that people ask for. */
export const USUAL: readonly { cron: string; label: string }[] = [
  { cron: '0 16 * 1,4,7,10 5#1', label: 'Failover Friday: first Friday of each quarter, 16:00' },
  { cron: '0 16 * * 5#1', label: 'First Friday of each month, 16:00' },
  { cron: '0 16 * * 5L', label: 'Last Friday of each month, 16:00' },
  { cron: '0 6 * * 1', label: 'Every Monday, 06:00' },
  { cron: '0 5 * * *', label: 'Every day, 05:00' },
]
