import { API, ScheduleView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import { clientIds } from '../../plugins/index.ts'
import type { Endpoint } from '../endpoint.ts'

/** Drills on the calendar, each with its next slot. */
export const listSchedules: Endpoint = (app, { store, timetable }) => {
  app.route({
    method: 'GET',
    url: `${API}/schedules`,
    config: { access: 'logged in' },
    schema: { tags: ['schedules'], response: { 200: z.array(ScheduleView) } },
    async handler(request) {
      const ours = clientIds(request)
      const all = await store.schedules.all()
      return all.filter((schedule) => ours.includes(schedule.clientId)).map((schedule) => timetable.view(schedule))
    },
  })
}
