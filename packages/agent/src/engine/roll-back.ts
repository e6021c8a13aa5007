import { join } from 'node:path'
import { ChaosError, formatDuration, type RevertCause, sentenceOf } from '@chaos-lite/shared'
import pRetry from 'p-retry'
import type { Action, Reverted, Standing } from '../actions/index.ts'
import { undoOf } from '../actions/index.ts'
import type { JournalRecord, RecordHead, RecordState } from '../journal/index.ts'
import { oneLine, UNDO_TEXT } from '../journal/index.ts'
import { settledWithin } from '../wait/index.ts'
import { contextOf } from './action-context.ts'
import { actionNamed, type EngineDeps } from './deps.ts'
import type { RevertOutcome } from './engine.ts'
import { noteHeld } from './held-lately.ts'
import { withOtherUnits } from './other-units.ts'
import { reportBegun, reportEnded } from './report.ts'

/** Beyond the budget, before a revert that does not end is given up. */
const SLACK_MS = 5_000
const RETRIES = 2

/** For so long one record may be rolled back, before who waits takes it for hanging. */
export function workMs(head: Pick<RecordHead, 'revertMs'>): number {
  return head.revertMs + SLACK_MS
}

/** By engine: records whose revert has not returned yet. A second one beside it would do harm. */
const atWork = new WeakMap<EngineDeps, Set<string>>()

function unreturned(deps: EngineDeps): Set<string> {
  const known = atWork.get(deps) ?? new Set()
  atWork.set(deps, known)
  return known
}

/** What one attempt, or the whole work, came to. */
type Result = Pick<RevertOutcome, 'restoration' | 'compared' | 'kept'> & { readonly reason: string | null }

/** An attempt that did not bring the host back; another one may. */
class NotBack extends Error {
  readonly result: Result
  constructor(result: Result) {
    super(result.reason ?? result.restoration)
    this.result = result
  }
}

/** What the action says it did, held against what its own verification now sees. */
export function judge(reverted: Reverted, standing: Standing): Result {
  const { compared, kept } = reverted
  const differing = compared.filter((each) => !each.same)
  const unknown = (reason: string): Result => ({ restoration: 'unknown', compared, kept, reason })
  if (standing === 'after') {
    return { restoration: 'stuck', compared, kept, reason: 'the failure is still in place after the revert' }
  }
  const difference = `not as before: ${differing.map((each) => each.item).join(', ')}`
  if (standing === 'unclear' || reverted.restoration === 'unknown') {
    return unknown(differing.length > 0 ? difference : 'whether the host is as before could not be seen')
  }
  if (reverted.restoration === 'ours undone' || standing === 'conflict') {
    const named = kept.length > 0 ? kept : ['Something else changed the same thing meanwhile; that change was kept.']
    return { restoration: 'ours undone', compared, kept: named, reason: null }
  }
  if (differing.length > 0) return unknown(difference)
  return { restoration: 'identical', compared, kept, reason: null }
}

async function attempt(deps: EngineDeps, record: JournalRecord, action: Action): Promise<Result> {
  const { head } = record
  const undo = undoOf(action, head)
  const budgetMs = head.revertMs + SLACK_MS
  // The revert's own deadline: it never hears of the run's abort signal.
  const context = contextOf(deps, record, AbortSignal.timeout(budgetMs))
  const open = unreturned(deps)
  if (open.has(head.recordId)) {
    throw new ChaosError('timed-out', `An earlier attempt to put ${head.action} back has not returned yet`)
  }
  open.add(head.recordId)
  const work = async () => judge(await action.revert(context, undo), await action.verify(context, undo))
  const running = work().finally(() => open.delete(head.recordId))
  if (!(await settledWithin(running, budgetMs + SLACK_MS))) {
    throw new ChaosError('timed-out', `${head.action} did not finish rolling back within ${formatDuration(budgetMs)}`)
  }
  return running
}

/** Tries until the host is back, a few times. Never throws. */
export async function attempts(deps: EngineDeps, record: JournalRecord): Promise<Result> {
  const action = actionNamed(deps, record.head.action)
  try {
    if (action === null) throw new Error(`this version of the agent knows no action "${record.head.action}"`)
    await deps.endExercises?.(record.head.recordId)
    return await pRetry(
      async () => {
        const result = await attempt(deps, record, action)
        if (result.reason !== null) throw new NotBack(result)
        return result
      },
      {
        retries: RETRIES,
        minTimeout: 200,
        factor: 2,
        // An attempt that never ended may still be at work: a second one beside it would do harm.
        shouldRetry: ({ error }) => !(error instanceof ChaosError && error.code === 'timed-out'),
        onFailedAttempt: ({ error }) => {
          deps.warn(`record ${record.head.recordId} is not rolled back yet`, error)
          return deps.journal.releaseReserve(record.head.recordId).catch(() => undefined)
        },
      },
    )
  } catch (thrown) {
    if (thrown instanceof NotBack) return thrown.result
    return { restoration: 'stuck', compared: [], kept: [], reason: sentenceOf(thrown) }
  }
}

/** What a person must do, as one line for the record; the page with all of it lies beside the record. */
function byHandOf(deps: EngineDeps, record: JournalRecord, reason: string): string {
  const page = join(record.folder, UNDO_TEXT)
  let steps: readonly string[] = []
  try {
    const action = actionNamed(deps, record.head.action)
    if (action !== null) steps = action.byHand(undoOf(action, record.head), record.folder)
  } catch (thrown) {
    deps.warn(`the steps by hand for record ${record.head.recordId} cannot be worked out`, thrown)
  }
  return oneLine(`${reason}. Follow ${page} on this host. ${steps.join(' ; ')}`, 2048)
}

async function markOrWarn(deps: EngineDeps, head: RecordHead, state: RecordState, note?: string): Promise<void> {
  await deps.journal
    .mark(head.recordId, state, note)
    .catch((thrown) => deps.warn(`record ${head.recordId} could not be marked ${state}`, thrown))
}

/** Takes a record that is verified to be rolled back out of the journal, durably. @throws when that cannot be done */
async function closeRecord(deps: EngineDeps, head: RecordHead, restoration: string): Promise<void> {
  // Where the mark cannot be written, the removal alone says the same.
  await markOrWarn(deps, head, 'reverted', restoration)
  await deps.journal.close(head.recordId)
}

async function disarm(deps: EngineDeps, { recordId }: RecordHead): Promise<void> {
  await deps.failsafe
    .disarm(recordId)
    .catch((thrown) => deps.warn(`the safety timer of record ${recordId} will fire and find nothing`, thrown))
}

/** Closes a record that is back, or leaves it as it must be left, and reports what came of it. */
export async function finish(
  deps: EngineDeps,
  record: JournalRecord,
  result: Result,
  leaveAs: 'stuck' | 'armed' = 'stuck',
): Promise<RevertOutcome> {
  const { recordId, runId, stepId, action } = record.head
  let { restoration, reason } = result
  if (reason === null) {
    try {
      await closeRecord(deps, record.head, restoration)
      await noteHeld(deps, record.head)
    } catch (thrown) {
      restoration = 'stuck'
      reason = `The host was rolled back, but the journal cannot record it: ${sentenceOf(thrown)}`
    }
  } else if (leaveAs === 'stuck') {
    await markOrWarn(deps, record.head, 'stuck', reason)
  }
  const byHand = reason === null ? null : byHandOf(deps, record, reason)
  const { compared, kept } = result
  const outcome: RevertOutcome = { recordId, runId, stepId, action, restoration, compared, kept, byHand }
  // The name of a closed record says whether its end was reported, so that another process can make up for it.
  const onStored = reason === null ? () => deps.journal.markReported(recordId) : undefined
  await reportEnded(deps, record.head, outcome, onStored)
  if (reason === null) await disarm(deps, record.head)
  return outcome
}

/**
 * Compare-and-revert of one record, from whatever state. Needs the lock. Only a revert that was verified takes the
 * record out of the journal; everything else leaves it there as `stuck`. Never throws.
 */
export async function putBack(
  deps: EngineDeps,
  record: JournalRecord,
  cause: RevertCause,
  stillInjecting: () => boolean = () => false,
): Promise<RevertOutcome> {
  // What is stuck stays so, for everybody to see, until it is verified to be back.
  const marked = record.state === 'stuck' ? null : markOrWarn(deps, record.head, 'reverting')
  await Promise.all([reportBegun(deps, record.head, cause), marked])
  const result = await withOtherUnits(deps, record, await attempts(deps, record), cause)
  if (result.reason === null && stillInjecting()) {
    const reason = 'the action that started the failure has not returned and may still change the host'
    return finish(deps, record, { ...result, restoration: 'stuck', reason })
  }
  return finish(deps, record, result)
}

/**
 * A record that was armed but never started: nothing was changed by us, so nothing is changed now; it is only seen that
 * the host stands as before. Where the failure is there all the same the record stays `armed`, which stops further
 * injects, and only a person decides. Needs the lock.
 */
export async function dropUnbegun(deps: EngineDeps, record: JournalRecord, cause: RevertCause): Promise<RevertOutcome> {
  const standing = await recordStanding(deps, record)
  if ((standing === 'after' || standing === 'unclear') && cause === 'by hand') return putBack(deps, record, cause)
  await reportBegun(deps, record.head, cause)
  const compared = record.head.touches.map((item) => ({ item, before: 'not touched', now: 'not touched', same: true }))
  if (standing === 'before') {
    return finish(deps, record, { restoration: 'identical', compared, kept: [], reason: null })
  }
  if (standing === 'conflict') {
    const kept = ['The failure was never started; a change that somebody else made meanwhile was kept.']
    return finish(deps, record, { restoration: 'ours undone', compared, kept, reason: null })
  }
  const seen = standing === 'after' ? 'the failure is in place' : 'the host cannot be compared'
  const reason = `The journal says that the failure was never started, but ${seen}. To roll it back: revert --record ${record.head.recordId}`
  return finish(deps, record, { restoration: 'unknown', compared: [], kept: [], reason }, 'armed')
}

/** Is the host going down, so that only the next boot can roll this record back? It stays open, and nobody is notified. */
export async function waitsForBoot(deps: EngineDeps, record: JournalRecord): Promise<boolean> {
  const { head } = record
  const action = actionNamed(deps, head.action)
  if (action?.untilBoot === undefined) return false
  try {
    return await action.untilBoot(contextOf(deps, record, AbortSignal.timeout(SLACK_MS)), undoOf(action, head))
  } catch (thrown) {
    deps.warn(`whether record ${head.recordId} waits for a boot cannot be seen`, thrown)
    return false
  }
}

/** How the host stands; `unclear` where it cannot be seen. Never throws. */
export async function recordStanding(deps: EngineDeps, record: JournalRecord): Promise<Standing> {
  const { head } = record
  const action = actionNamed(deps, head.action)
  try {
    if (action === null) return 'unclear'
    const signal = AbortSignal.timeout(head.revertMs + SLACK_MS)
    return await action.verify(contextOf(deps, record, signal), undoOf(action, head))
  } catch (thrown) {
    deps.warn(`record ${head.recordId} cannot be compared with the host`, thrown)
    return 'unclear'
  }
}
