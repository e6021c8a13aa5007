import { createTask, type ScheduledTask, validateDetailed } from 'node-cron'
import { ChaosError } from '../errors.ts'

/** A cron expression that was understood: which wall-clock minutes it names, in no time zone yet. */
export interface CronExpression {
  readonly text: string
  /** Minutes of the day at which it may fire, in order. */
  readonly minutesOfDay: readonly number[]
  /** Does it fire at this wall-clock minute? `wallMs` is the wall clock read as if it were UTC. */
  matches(wallMs: number): boolean
}

/**
 * Understands a cron expression of five fields: minute, hour, day of month, month, day of week. `5#1` (the first Friday),
 * `5L` (the last), `L`, `LW`, `15W` and the nicknames such as `@daily` are welcome. Six fields, that is seconds, are
 * refused. Day of month and day of week must both hold where both are given.
 * Throws `request-invalid` with the field that is wrong.
 */
export function cronExpression(text: string): CronExpression {
  const trimmed = text.trim()
  if (!trimmed.startsWith('@') && trimmed.split(/\s+/).length === 6)
    throw invalid(text, 'it has six fields; seconds are not offered, give five fields: minute hour day month weekday')
  const validation = validateDetailed(trimmed)
  const { fields } = validation
  if (!validation.valid || fields === undefined)
    throw invalid(text, validation.errors.map((error) => `${error.field}: ${error.message}`).join('; '))
  const minutesOfDay = fields.hour
    .flatMap((hour) => fields.minute.map((minute) => hour * 60 + minute))
    .sort((a, b) => a - b)
  const task: ScheduledTask = createTask(trimmed, () => undefined, { timezone: 'UTC' })
  return { text: trimmed, minutesOfDay, matches: (wallMs) => task.match(new Date(wallMs)) }
}

function invalid(text: string, why: string): ChaosError {
  return new ChaosError(
    'request-invalid',
    `The cron expression "${text}" was not understood: ${why}. For example, 0 16 * 1,4,7,10 5#1 is 16:00 on the first Friday of each quarter.`,
  )
}
