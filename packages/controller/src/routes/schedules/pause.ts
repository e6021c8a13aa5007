import { API, ScheduleView } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { ScheduleParams } from '../params.ts'
import { ownedSchedule } from './owned.ts'

function switching(verb: 'pause' | 'resume', paused: boolean): Endpoint {
  return (app, context) => {
    app.route({
      method: 'POST',
      url: `${API}/schedules/:scheduleId/${verb}`,
      config: { access: 'operator' },
      schema: { tags: ['schedules'], params: ScheduleParams, response: { 200: ScheduleView } },
      async handler(request) {
        const { scheduleId } = await ownedSchedule(context, request, request.params.scheduleId)
        return context.timetable.setPaused(scheduleId, paused)
      },
    })
  }
}

/** Slots pass unanswered, and leave no record, until the schedule is resumed. */
export const pauseSchedule = switching('pause', true)
/** Takes up again with the next slot. */
export const resumeSchedule = switching('resume', false)
