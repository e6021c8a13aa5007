import { ChaosError, type Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import type { FastifyRequest } from 'fastify'
import type { AppContext } from '../context.ts'
import { clientIds } from '../plugins/index.ts'

/** The run, if it belongs to one of the user's clients. Somebody else's is `not-found`, like one that does not exist. */
export async function ownedRun(context: AppContext, request: FastifyRequest, runId: Ulid): Promise<RunRow> {
  const row = await context.store.runs.byId(runId)
  if (!row || !clientIds(request).includes(row.clientId)) throw new ChaosError('not-found', `There is no run ${runId}.`)
  return row
}
