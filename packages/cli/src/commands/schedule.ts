import { ChaosError, farAwayText, instantText, namedInstantText, type Params } from '@chaos-lite/shared'
import { PreviewRequest, ScheduleView } from '@chaos-lite/shared/api'
import { previewSlots } from '@chaos-lite/shared/schedule'
import * as z from 'zod'
import { findSchedule, ofDrill } from '../client/index.ts'
import { ExitCode } from '../exit-codes.ts'
import { plainTable } from '../print/index.ts'
import { answer, type CommandContext } from './context.ts'

/** Warns when the next instant is far away: a cron expression that fires rarely is often a mistake. */
export async function addSchedule(
  context: CommandContext,
  given: {
    readonly drill: string
    readonly cron: string
    readonly timeZone: string
    readonly name: string
    readonly params: Params
  },
): Promise<ExitCode> {
  const api = await context.api()
  const made = await ofDrill(api, given.drill, () => api.post('/schedules', given, ScheduleView))
  const far = made.nextMs === null ? null : farAwayText(made.nextMs, Date.now())
  answer(context, made, () =>
    [`${made.name} (${made.scheduleId}): next ${instant(made)}`, ...(far === null ? [] : [far])].join('\n'),
  )
  return ExitCode.ok
}

/** All schedules. One that cannot fire shows why in place of its next instant. */
export async function listSchedules(context: CommandContext): Promise<ExitCode> {
  const schedules = await (await context.api()).get('/schedules', z.array(ScheduleView))
  answer(context, schedules, () =>
    plainTable(
      ['SCHEDULE', 'NAME', 'DRILL', 'CRON', 'ZONE', 'NEXT', 'LAST'],
      schedules.map((one) => [
        one.scheduleId,
        one.name,
        one.drill,
        one.cron,
        one.timeZone,
        one.trouble !== null ? `broken: ${one.trouble}` : one.paused ? 'paused' : nextOf(one),
        one.lastOutcome ?? '-',
      ]),
    ),
  )
  return ExitCode.ok
}

/** The instants at which an expression fires, in its zone; where no person is watching, ISO 8601 in UTC. Computed here: it asks no controller. */
export async function previewSchedule(
  context: CommandContext,
  given: { readonly cron: string; readonly timeZone: string; readonly fromMs: number; readonly count: number },
): Promise<ExitCode> {
  const request = PreviewRequest.safeParse(given)
  if (!request.success) throw new ChaosError('request-invalid', misread(request.error))
  const instantsMs = previewSlots(request.data)
  const iso = instantsMs.map((ms) => new Date(ms).toISOString())
  const forPeople = () => instantsMs.map((ms) => instantText(ms, given.timeZone))
  const far = instantsMs[0] === undefined ? null : farAwayText(instantsMs[0], given.fromMs)
  // Not among the dates, which a program may read.
  if (far !== null && !context.json) context.terminal.err(far)
  answer(context, iso, () => (context.terminal.live ? forPeople() : iso).join('\n'))
  return ExitCode.ok
}

/** Which of the four it is; the options have said more before. */
function misread(error: z.ZodError): string {
  const wrong = new Set(error.issues.map(({ path }) => path[0]))
  if (wrong.has('cron')) return 'The cron expression must be one line of at most 120 characters, such as 0 16 * * 5#1.'
  if (wrong.has('timeZone')) return 'The time zone must be a name of the IANA list, such as Europe/Berlin.'
  if (wrong.has('count')) return 'The count must be a whole number from 1 to 1000.'
  return 'The first instant must lie after 1970, such as 2026-11-22T00:00:00Z.'
}

/** Pauses a schedule or, with `paused` false, resumes it. Instants that pass meanwhile are not recorded as missed. */
export async function pauseSchedule(context: CommandContext, schedule: string, paused: boolean): Promise<ExitCode> {
  const verb = paused ? 'pause' : 'resume'
  const api = await context.api()
  const { scheduleId } = await findSchedule(api, schedule)
  const view = await api.post(`/schedules/${scheduleId}/${verb}`, {}, ScheduleView)
  answer(context, view, () => {
    if (view.paused) return `${view.name} is paused.`
    return view.trouble === null ? `${view.name}: next ${instant(view)}` : `${view.name} is broken: ${view.trouble}`
  })
  return ExitCode.ok
}

/** Removes a schedule for good; the records of its runs stay. */
export async function removeSchedule(context: CommandContext, schedule: string): Promise<ExitCode> {
  const api = await context.api()
  const { scheduleId, name } = await findSchedule(api, schedule)
  await api.remove(`/schedules/${scheduleId}`)
  answer(context, { removed: scheduleId }, () => `Schedule ${name} (${scheduleId}) is removed; its records stay.`)
  return ExitCode.ok
}

/** The zone has a column of its own. */
function nextOf({ nextMs, timeZone }: ScheduleView): string {
  return nextMs === null ? '-' : instantText(nextMs, timeZone)
}

/** In the zone of the schedule, where its expression says what people have in mind. */
function instant({ nextMs, timeZone }: Pick<ScheduleView, 'nextMs' | 'timeZone'>): string {
  return nextMs === null ? 'never' : namedInstantText(nextMs, timeZone)
}
