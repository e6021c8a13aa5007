import { API, ScheduleRequest, ScheduleView } from '@chaos-lite/shared/api'
import { who } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Puts a drill on the calendar. */
export const addSchedule: Endpoint = (app, { timetable }) => {
  app.route({
    method: 'POST',
    url: `${API}/schedules`,
    config: { access: 'operator' },
    schema: { tags: ['schedules'], body: ScheduleRequest, response: { 201: ScheduleView } },
    handler: async (request, reply) => reply.code(201).send(await timetable.add(request.body, who(request).clientId)),
  })
}
