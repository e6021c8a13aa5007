import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { Store, StoredSchedule } from '../../store/index.ts'

/** The schedule, if it belongs to one of these clients; any other one is `not-found`. */
export async function ownedSchedule(
  { schedules }: Pick<Store, 'schedules'>,
  scheduleId: Ulid,
  clientIds: readonly Ulid[],
): Promise<StoredSchedule> {
  const found = await schedules.byId(scheduleId)
  if (found !== null && clientIds.includes(found.clientId)) return found
  throw new ChaosError('not-found', `There is no schedule ${scheduleId}.`)
}
