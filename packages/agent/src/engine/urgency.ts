import type { RevertCause } from '@chaos-lite/shared'
import type { RecordHead } from '../journal/index.ts'
import { remainingMs } from '../wait/index.ts'
import type { EngineDeps } from './deps.ts'
import type { Selection } from './engine.ts'
import { matches } from './flight.ts'
import type { Urgency } from './take-lock.ts'

/** How urgently the lock is wanted: a person says halt, or a record of the selection should be back by now. */
export async function urgencyOf(deps: EngineDeps, selection: Selection, cause: RevertCause): Promise<Urgency> {
  const { records } = await deps.journal.list()
  const isLate = records.some(({ head }) => matches(selection, head) && isOverdue(deps, head))
  if (isLate) return 'overdue'
  return cause === 'halt' ? 'halt' : 'none'
}

/** Has the time come at which the safety timer fires, by either clock? */
function isOverdue({ host: { clock } }: Pick<EngineDeps, 'host'>, head: RecordHead): boolean {
  // The monotonic time counts on the boot it was read on; after a restart of the machine only the wall clock is left.
  const monoMs = head.bootId === clock.bootId ? head.revertByMonoMs : Number.POSITIVE_INFINITY
  return remainingMs(clock, { monoMs, wallMs: head.revertByWallMs }) === 0
}
