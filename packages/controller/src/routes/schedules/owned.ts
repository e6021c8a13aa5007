import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { FastifyRequest } from 'fastify'
import type { AppContext } from '../../context.ts'
import { clientIds } from '../../plugins/index.ts'
import type { StoredSchedule } from '../../store/index.ts'

/** The schedule, if it belongs to one of the user's clients. */
export async function ownedSchedule(
  { store }: AppContext,
  request: FastifyRequest,
  scheduleId: Ulid,
): Promise<StoredSchedule> {
  const found = await store.schedules.byId(scheduleId)
  if (found !== null && clientIds(request).includes(found.clientId)) return found
  throw new ChaosError('not-found', `There is no schedule ${scheduleId}.`)
}
