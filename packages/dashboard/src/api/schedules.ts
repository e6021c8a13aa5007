import { type PreviewRequest, type ScheduleRequest, ScheduleView } from '@chaos-lite/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { command, request } from './client.ts'

const KEY = ['schedules']
const Preview = z.object({ instantsMs: z.array(z.number()) })

/** All schedules. Asked for again every minute, because next instants pass without anybody changing anything. */
export function useSchedules() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => request('GET', '/schedules', z.array(ScheduleView)),
    refetchInterval: 60_000,
  })
}

/** The next dates of an expression, for a person to check before anything is scheduled. */
export function useSchedulePreview(input: Pick<z.infer<typeof PreviewRequest>, 'cron' | 'timeZone'>, count: number) {
  return useQuery({
    queryKey: ['schedule-preview', input.cron, input.timeZone, count],
    enabled: input.cron.trim() !== '' && input.timeZone !== '',
    retry: false,
    queryFn: () => request('POST', '/schedules/preview', Preview, { ...input, fromMs: Date.now(), count }),
  })
}

function useScheduleCommand<T>(run: (input: T) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: run, onSuccess: () => client.invalidateQueries({ queryKey: KEY }) })
}

/** Creates a schedule and reads the list again, which then holds its next instant. */
export const useCreateSchedule = () =>
  useScheduleCommand((body: z.input<typeof ScheduleRequest>) => request('POST', '/schedules', ScheduleView, body))
/** Pauses a schedule that runs and resumes one that is paused: `paused` is how it stands now, not how it shall be. */
export const usePauseSchedule = () =>
  useScheduleCommand(({ scheduleId, paused }: ScheduleView) =>
    command('POST', `/schedules/${scheduleId}/${paused ? 'resume' : 'pause'}`),
  )
/** Removes a schedule for good; the records of its runs stay. */
export const useRemoveSchedule = () =>
  useScheduleCommand((scheduleId: string) => command('DELETE', `/schedules/${scheduleId}`))
