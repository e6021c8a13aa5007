import type { Taken } from '../host/administrators.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import { undoOf } from './prepare.ts'

/**
 * What the failures that are open on this host take from people. An open record counts whatever the host's files show
 * now; one that this agent cannot read stops every inject by itself.
 */
export async function takenByOpenRecords(deps: Pick<EngineDeps, 'actions' | 'journal'>): Promise<readonly Taken[]> {
  const { records } = await deps.journal.list()
  return records.flatMap(({ head }) => {
    const action = actionNamed(deps, head.action)
    return action?.takes === undefined ? [] : [...action.takes(undoOf(action, head))]
  })
}
