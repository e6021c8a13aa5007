import type { JournalRecord } from '../journal/record.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'
import { attempts, finish, standingOf } from './put-back.ts'
import { tellBegun } from './tell.ts'

/**
 * The first phase of a boot: puts a record back before services start, when its action needs nothing but files and the
 * host stands plainly as we left it, or as before. Everything else waits untouched for the second phase, and so does
 * what went wrong here: a file system may not be mounted yet. Needs the lock. Null: left for later.
 */
export async function putBackEarly(deps: EngineDeps, record: JournalRecord): Promise<RevertOutcome | null> {
  if (actionNamed(deps, record.head.action)?.bootPhase !== 'early' || record.state === 'armed') return null
  const standing = await standingOf(deps, record)
  if (standing !== 'after' && standing !== 'before') return null
  await tellBegun(deps, record.head, 'recovery')
  const result = await attempts(deps, record)
  if (result.reason === null) return finish(deps, record, result)
  deps.warn(`record ${record.head.recordId} waits until services can be started`, result.reason)
  return null
}
