import { undoOf } from '../actions/index.ts'
import type { JournalRecord } from '../journal/index.ts'
import type { Lock } from '../lock/index.ts'
import { contextOf } from './action-context.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'
import { reportBegun } from './report.ts'
import { attempts, finish, recordStanding, workMs } from './roll-back.ts'

/** The first phase of a boot, for every open record, newest first. Needs the lock. */
export async function putBackAllEarly(
  deps: EngineDeps,
  lock: Lock | null,
  onOutcome: (outcome: RevertOutcome) => void,
): Promise<RevertOutcome[]> {
  const outcomes: RevertOutcome[] = []
  for (const record of (await deps.journal.list()).records) {
    lock?.working?.(workMs(record.head))
    const outcome = await putBackEarly(deps, record)
    if (outcome === null) continue
    outcomes.push(outcome)
    onOutcome(outcome)
  }
  return outcomes
}

/**
 * The first phase of a boot: rolls a record back before services start, when its action needs nothing but files and the
 * host stands plainly as we left it, or as before, or half way between. Everything else waits untouched for the second
 * phase, and so does what went wrong here: a file system may not be mounted yet. Needs the lock. Null: left for later.
 */
async function putBackEarly(deps: EngineDeps, record: JournalRecord): Promise<RevertOutcome | null> {
  const action = actionNamed(deps, record.head.action)
  if (action?.bootPhase !== 'early' || record.state === 'armed') return null
  const standing = await recordStanding(deps, record)
  const isPlain = standing === 'after' || standing === 'before'
  if (!isPlain && !(standing === 'conflict' && (await isHalfWay(deps, record)))) return null
  await reportBegun(deps, record.head, 'recovery')
  const result = await attempts(deps, record)
  if (result.reason === null) return finish(deps, record, result)
  deps.warn(`record ${record.head.recordId} waits until services can be started`, result.reason)
  return null
}

/** Never throws: what cannot be seen waits. */
async function isHalfWay(deps: EngineDeps, record: JournalRecord): Promise<boolean> {
  const { head } = record
  const action = actionNamed(deps, head.action)
  const signal = AbortSignal.timeout(head.revertMs)
  try {
    return (await action?.halfWay?.(contextOf(deps, record, signal), undoOf(action, head))) === true
  } catch (thrown) {
    deps.warn(`record ${head.recordId} cannot be compared with the host`, thrown)
    return false
  }
}
