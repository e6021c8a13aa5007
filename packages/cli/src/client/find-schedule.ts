import { ChaosError } from '@chaos-lite/shared'
import { ScheduleView } from '@chaos-lite/shared/api'
import * as z from 'zod'
import type { Api } from './api.ts'
import { absent } from './did-you-mean.ts'

/** The schedule that people name, or whose id they give. @throws ChaosError `not-found`, also when several have this name */
export async function findSchedule(api: Pick<Api, 'get'>, schedule: string): Promise<ScheduleView> {
  const all = await api.get('/schedules', z.array(ScheduleView))
  const named = all.filter(({ name }) => name === schedule)
  const found = all.find(({ scheduleId }) => scheduleId === schedule) ?? (named.length === 1 ? named[0] : undefined)
  if (found !== undefined) return found
  if (named.length > 1) {
    const ids = named.map(({ scheduleId }) => scheduleId).join(', ')
    throw new ChaosError('not-found', `${named.length} schedules are called "${schedule}": give one id of ${ids}.`)
  }
  const names = all.map(({ name }) => name)
  throw new ChaosError('not-found', absent('schedule called', schedule, names, '; see: chaos-lite schedule list'))
}
