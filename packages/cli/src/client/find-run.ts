import { ChaosError, Ulid } from '@chaos-lite/shared'
import { RunRow } from '@chaos-lite/shared/api'
import type { Api } from './api.ts'

/** What people may write for the newest run that they see. */
const NEWEST = 'last'

/** The id of the run that people name: `last` is the newest one. @throws ChaosError `not-found` that names the list */
export async function runIdOf(api: Pick<Api, 'page'>, run: string): Promise<string> {
  if (Ulid.safeParse(run).success) return run
  if (run !== NEWEST)
    throw new ChaosError('not-found', `There is no run "${run}"; see: chaos-lite run list. "last" is the newest run.`)
  const { items } = await api.page('/runs?limit=1', RunRow)
  if (items[0] === undefined) throw new ChaosError('not-found', 'There are no runs yet.')
  return items[0].runId
}
