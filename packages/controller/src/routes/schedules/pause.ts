import { API, ScheduleView } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { ScheduleParams } from '../params.ts'

function switching(verb: 'pause' | 'resume', paused: boolean): Endpoint {
  return (app, { timetable }) => {
    app.route({
      method: 'POST',
      url: `${API}/schedules/:scheduleId/${verb}`,
      config: { access: 'operator' },
      schema: { tags: ['schedules'], params: ScheduleParams, response: { 200: ScheduleView } },
      handler: (request) => timetable.setPaused(request.params.scheduleId, paused, clientIds(request)),
    })
  }
}

/** Slots pass unanswered, and leave no record, until the schedule is resumed. */
export const pauseSchedule = switching('pause', true)
/** Takes up again with the next slot. */
export const resumeSchedule = switching('resume', false)
