import { validateDetailed } from 'node-cron'
import { ChaosError } from '../errors.ts'
import { countMistake, fieldMistakes } from './fields-text.ts'
import { type DayFields, type MonthShape, matchingDays } from './month-days.ts'

const LONGEST = 120

/** A cron expression that was understood: which wall-clock minutes it names, in no time zone yet. */
export interface CronExpression {
  readonly text: string
  /** Minutes of the day at which it fires, in order, each once. */
  readonly minutesOfDay: readonly number[]
  /** Days of this month on which it fires, in order. `month` counts from 1. */
  daysOf(year: number, month: number): readonly number[]
}

/**
 * Understands a cron expression of five fields: minute, hour, day of month, month, day of week, with blanks or tabs
 * between them. `5#1` (the first Friday), `5L` (the last), `L`, `LW`, `15W` and the nicknames such as `@daily` are
 * welcome. Six fields, that is seconds, are refused. Day of month and day of week must both hold where both are given.
 * Throws `request-invalid` with the field that is wrong.
 */
export function cronExpression(text: string): CronExpression {
  if (text.length > LONGEST) throw invalid(`${text.slice(0, 40)}…`, `it has more than ${LONGEST} characters`)
  const trimmed = text.trim().replaceAll(/[ \t]+/g, ' ')
  // The reader counts every range through before it looks at its ends: 0-4000000000 would take all memory.
  const [large] = /\d{3,}/.exec(trimmed) ?? []
  if (large !== undefined) throw invalid(text, `no field has a number as large as ${large}`)
  const count = countMistake(trimmed)
  if (count !== null) throw invalid(text, count)
  const validation = validateDetailed(trimmed)
  const { fields } = validation
  if (!validation.valid || fields === undefined) throw invalid(text, fieldMistakes(validation.errors))
  const minutes = fields.hour.flatMap((hour) => fields.minute.map((minute) => hour * 60 + minute))
  return { text: trimmed, minutesOfDay: [...new Set(minutes)].sort((a, b) => a - b), daysOf: dayFinder(fields) }
}

/** Months of the same length that begin on the same weekday have the same days: each of the 28 kinds is worked out once. */
function dayFinder(fields: DayFields & { readonly month: readonly number[] }): CronExpression['daysOf'] {
  const months = new Set(fields.month)
  const known = new Map<number, readonly number[]>()
  return (year, month) => {
    if (!months.has(month)) return []
    const shape = shapeOf(year, month)
    const key = shape.days * 7 + shape.firstWeekday
    const found = known.get(key) ?? matchingDays(fields, shape)
    known.set(key, found)
    return found
  }
}

function shapeOf(year: number, month: number): MonthShape {
  return {
    days: new Date(Date.UTC(year, month, 0)).getUTCDate(),
    firstWeekday: new Date(Date.UTC(year, month - 1, 1)).getUTCDay(),
  }
}

function invalid(text: string, why: string): ChaosError {
  return new ChaosError(
    'request-invalid',
    `The cron expression "${text}" was not understood: ${why}. For example, 0 16 * 1,4,7,10 5#1 is 16:00 on the first Friday of each quarter.`,
  )
}
