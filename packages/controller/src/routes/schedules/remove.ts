import { API } from '@chaos-lite/shared/api'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'
import { NoContent, ScheduleParams } from '../params.ts'

/** Takes a drill off the calendar. Its records stay. */
export const removeSchedule: Endpoint = (app, { timetable }) => {
  app.route({
    method: 'DELETE',
    url: `${API}/schedules/:scheduleId`,
    config: { access: 'operator' },
    schema: { tags: ['schedules'], params: ScheduleParams, response: { 204: NoContent } },
    async handler(request, reply) {
      await timetable.remove(request.params.scheduleId, clientIds(request))
      return reply.code(204).send()
    },
  })
}
