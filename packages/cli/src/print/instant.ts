/**
 * A point in time as people write it down: the same digits wherever it is read, in a zone that is named: that of this
 * machine, unless another one is given. `2026-11-30 08:19:54 GMT+1`.
 */
export function instantText(ms: number, timeZone?: string): string {
  const part = partsOf(ms, timeZone)
  const day = `${part('year')}-${part('month')}-${part('day')}`
  return `${day} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`.trimEnd()
}

/** The time of day with its zone: `08:19:54 GMT+1`. */
export function timeText(ms: number): string {
  return instantText(ms).split(' ').slice(1).join(' ')
}

function partsOf(ms: number, timeZone: string | undefined): (type: Intl.DateTimeFormatPartTypes) => string {
  const two = '2-digit'
  const digits = { year: 'numeric', month: two, day: two, hour: two, minute: two, second: two } as const
  const format = (zone: string | undefined) =>
    new Intl.DateTimeFormat('en', { ...digits, hourCycle: 'h23', timeZoneName: 'short', timeZone: zone })
  const parts = known(
    () => format(timeZone),
    () => format('UTC'),
  ).formatToParts(ms)
  return (type) => parts.find((one) => one.type === type)?.value ?? ''
}

/** The controller may know a zone that this machine has not heard of. */
function known<T>(first: () => T, otherwise: () => T): T {
  try {
    return first()
  } catch {
    return otherwise()
  }
}
