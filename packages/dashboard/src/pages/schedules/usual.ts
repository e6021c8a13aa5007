/** Timetables that people ask for. */
export const USUAL: readonly { cron: string; label: string }[] = [
  { cron: '0 16 * 1,4,7,10 5#1', label: 'Failover Friday: first Friday of each quarter, 16:00' },
  { cron: '0 16 * * 5#1', label: 'First Friday of each month, 16:00' },
  { cron: '0 16 * * 5L', label: 'Last Friday of each month, 16:00' },
  { cron: '0 6 * * 1', label: 'Every Monday, 06:00' },
  { cron: '0 5 * * *', label: 'Every day, 05:00' },
]
