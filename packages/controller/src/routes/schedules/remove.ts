import { API } from '@chaos-lite/shared/api'
import type { Endpoint } from '../endpoint.ts'
import { NoContent, ScheduleParams } from '../params.ts'
import { ownedSchedule } from './owned.ts'

/** Takes a drill off the calendar. Its records stay. */
export const removeSchedule: Endpoint = (app, context) => {
  app.route({
    method: 'DELETE',
    url: `${API}/schedules/:scheduleId`,
    config: { access: 'operator' },
    schema: { tags: ['schedules'], params: ScheduleParams, response: { 204: NoContent } },
    async handler(request, reply) {
      const { scheduleId } = await ownedSchedule(context, request, request.params.scheduleId)
      await context.store.schedules.remove(scheduleId)
      return reply.code(204).send()
    },
  })
}
