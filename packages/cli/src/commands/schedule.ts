import { ChaosError, type Params } from '@chaos-lite/shared'
import { PreviewRequest, ScheduleView } from '@chaos-lite/shared/api'
import { previewSlots } from '@chaos-lite/shared/schedule'
import * as z from 'zod'
import { ExitCode } from '../exit-codes.ts'
import { plainTable } from '../print/table.ts'
import { answer, type CommandContext } from './context.ts'

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
  const made = await (await context.api()).post('/schedules', given, ScheduleView)
  answer(context, made, () => `${made.name} (${made.scheduleId}): next ${instant(made.nextMs)}`)
  return ExitCode.ok
}

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
        one.trouble !== null ? `broken: ${one.trouble}` : one.paused ? 'paused' : instant(one.nextMs),
        one.lastOutcome ?? '-',
      ]),
    ),
  )
  return ExitCode.ok
}

/** The instants at which an expression fires: ISO 8601 in UTC. Computed here: it asks no controller. */
export async function previewSchedule(
  context: CommandContext,
  given: { readonly cron: string; readonly timeZone: string; readonly fromMs: number; readonly count: number },
): Promise<ExitCode> {
  const request = PreviewRequest.safeParse(given)
  if (!request.success) throw new ChaosError('request-invalid', z.prettifyError(request.error))
  const instants = previewSlots(request.data).map((ms) => new Date(ms).toISOString())
  answer(context, instants, () => instants.join('\n'))
  return ExitCode.ok
}

export async function pauseSchedule(context: CommandContext, scheduleId: string, paused: boolean): Promise<ExitCode> {
  const verb = paused ? 'pause' : 'resume'
  const view = await (await context.api()).post(`/schedules/${scheduleId}/${verb}`, {}, ScheduleView)
  answer(context, view, () => {
    if (view.paused) return `${view.name} is paused.`
    return view.trouble === null
      ? `${view.name}: next ${instant(view.nextMs)}`
      : `${view.name} is broken: ${view.trouble}`
  })
  return ExitCode.ok
}

export async function removeSchedule(context: CommandContext, scheduleId: string): Promise<ExitCode> {
  await (await context.api()).remove(`/schedules/${scheduleId}`)
  answer(context, { removed: scheduleId }, () => `Schedule ${scheduleId} is removed; its records stay.`)
  return ExitCode.ok
}

function instant(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString()
}
