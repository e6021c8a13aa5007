import type { Endpoint } from '../endpoint.ts'
import { addSchedule } from './add.ts'
import { listSchedules } from './list.ts'
import { pauseSchedule, resumeSchedule } from './pause.ts'
import { previewSchedule } from './preview.ts'
import { removeSchedule } from './remove.ts'

/** The endpoints of schedules, one file each. */
export const scheduleEndpoints: readonly Endpoint[] = [
  ...[addSchedule, listSchedules, previewSchedule],
  ...[pauseSchedule, resumeSchedule, removeSchedule],
]
