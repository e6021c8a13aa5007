import * as z from 'zod'
import { line, Params, Ulid, UtcMs } from '../primitives.ts'

/** Five fields; a line out of a crontab has tabs between them. */
const Cron = z
  .string()
  .max(120)
  .regex(/^(?:[^\p{C}\p{Zl}\p{Zp}]|\t)*$/u, 'must be one line of printable text')

/** Asks for a schedule: a cron expression (five fields, see `schedule/`) read in an IANA time zone. */
export const ScheduleRequest = z.object({
  drill: z.string().max(64),
  params: Params.default({}),
  cron: Cron,
  timeZone: line(64),
  name: line(128).regex(/\S/, 'must not be empty'),
})
/** As it is stored: texts that nobody would take today are shown all the same, with what is wrong about them. */
export const ScheduleView = ScheduleRequest.extend({
  scheduleId: Ulid,
  clientId: Ulid,
  drill: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  name: z.string(),
  paused: z.boolean(),
  nextMs: UtcMs.nullable(),
  lastSlotMs: z.int().nullable(),
  lastOutcome: z.string().nullable(),
  trouble: z.string().nullable().default(null).describe('Why it fires nothing; null: all is well'),
})
export type ScheduleView = z.infer<typeof ScheduleView>
/** Asks for the next instants of a cron expression after `fromMs`, without storing anything. */
export const PreviewRequest = z.object({
  cron: Cron,
  timeZone: line(64),
  fromMs: UtcMs,
  count: z.int().min(1).max(1000),
})
