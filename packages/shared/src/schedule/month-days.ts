/** What decides on which days of a month an expression fires: how long the month is, and on which weekday it begins. */
export interface MonthShape {
  readonly days: number
  /** 0 is Sunday. */
  readonly firstWeekday: number
}

/** The two fields of days, as node-cron reads them: numbers, and texts such as `L`, `L-3`, `15W`, `LW`, `5L`, `5#1`. */
export interface DayFields {
  readonly dayOfMonth: readonly (number | string)[]
  readonly dayOfWeek: readonly (number | string)[]
}

const SATURDAY = 6

/** The days of a month on which both fields hold, in order. */
export function matchingDays({ dayOfMonth, dayOfWeek }: DayFields, shape: MonthShape): number[] {
  const byDate = new Set(dayOfMonth.flatMap((token) => datesOf(token, shape)))
  const byWeekday = new Set(dayOfWeek.flatMap((token) => weekdaysOf(token, shape)))
  return [...byDate].filter((day) => day >= 1 && day <= shape.days && byWeekday.has(day)).sort((a, b) => a - b)
}

function datesOf(token: number | string, shape: MonthShape): number[] {
  if (typeof token === 'number') return [token]
  if (token === 'L') return [shape.days]
  const [, fromEnd] = /^L-(\d{1,2})$/.exec(token) ?? []
  if (fromEnd !== undefined) return [shape.days - Number(fromEnd)]
  const [, target] = /^(\d{1,2}|L)W$/.exec(token) ?? []
  return target === undefined ? [] : workdayNear(target === 'L' ? shape.days : Number(target), shape)
}

/** The working day nearest to a date, never in another month; none where the month has no such date. */
function workdayNear(date: number, shape: MonthShape): number[] {
  if (date < 1 || date > shape.days) return []
  const weekday = weekdayOf(date, shape)
  if (weekday === SATURDAY) return [date === 1 ? date + 2 : date - 1]
  if (weekday === 0) return [date === shape.days ? date - 2 : date + 1]
  return [date]
}

function weekdaysOf(token: number | string, shape: MonthShape): number[] {
  const [, named, which] = /^(\d)(?:L|#(\d))?$/.exec(String(token)) ?? []
  if (named === undefined) return []
  const first = 1 + ((Number(named) - shape.firstWeekday + 7) % 7)
  const all = [0, 7, 14, 21, 28].map((later) => first + later).filter((day) => day <= shape.days)
  if (String(token).endsWith('L')) return all.slice(-1)
  return which === undefined ? all : all.slice(Number(which) - 1, Number(which))
}

function weekdayOf(day: number, { firstWeekday }: MonthShape): number {
  return (firstWeekday + day - 1) % 7
}
