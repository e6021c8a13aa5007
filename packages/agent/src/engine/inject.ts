import { ChaosError, issuesText, safetyTimerMs, sentenceOf } from '@chaos-lite/shared'
import type { ActionContext } from '../actions/index.ts'
import { undoVersionOf } from '../actions/index.ts'
import { codeOf } from '../durable/index.ts'
import type { Stage } from '../journal/index.ts'
import { type JournalRecord, oneLine, RecordHead, undoText } from '../journal/index.ts'
import type { Lock } from '../lock/index.ts'
import { agentVersion } from '../version.ts'
import { settledAfter } from '../wait/index.ts'
import { contextOf } from './action-context.ts'
import { refuseWhenHalted, refuseWhenOccupied, refuseWhenShared } from './admission.ts'
import type { EngineDeps } from './deps.ts'
import type { InjectRequest } from './engine.ts'
import type { Flight } from './flight.ts'
import { noteActiveUnits } from './other-units.ts'
import { type Preparation, prepareFor } from './prepare.ts'
import { nextRecordId } from './record-id.ts'
import { report, reportSurely } from './report.ts'
import { putBack, workMs } from './roll-back.ts'

/** How long an action that was asked to stop may take to return. */
const GRACE_MS = 5_000

/** What the steps of one inject hand on to each other. */
interface Armed {
  readonly record: JournalRecord
  readonly preparation: Preparation
}

function headOf(deps: EngineDeps, request: InjectRequest, recordId: string, prepared: Preparation): RecordHead {
  const { bootId } = deps.host.clock
  const { injectMs, revertMs } = prepared
  const { holdMs, effectWaitMs } = request
  const longestMs = safetyTimerMs({ injectMs, effectWaitMs, holdMs, revertMs })
  const wallMs = Math.floor(deps.host.clock.wallMs())
  const head = {
    format: 1,
    recordId,
    runId: request.runId,
    stepId: request.stepId,
    action: request.action,
    undoVersion: undoVersionOf(prepared.action),
    params: prepared.params,
    undo: prepared.undo,
    touches: prepared.touches,
    sentences: prepared.sentences,
    bootId,
    preparedWallMs: wallMs,
    holdMs,
    injectMs,
    revertMs,
    revertByWallMs: wallMs + longestMs,
    revertByMonoMs: Math.ceil(deps.host.clock.monoMs()) + longestMs,
    onLinkLoss: request.onLinkLoss,
    agentVersion,
  }
  const parsed = RecordHead.safeParse(head)
  if (parsed.success) return parsed.data
  const problems = issuesText(parsed.error, 'the record')
  throw new ChaosError('cannot-restore', `${request.action} cannot be recorded (${problems}). Nothing was touched.`)
}

/** Prepares again, holds it against what was approved, and lays the record on the disk. */
async function record(deps: EngineDeps, request: InjectRequest, flight: Flight): Promise<Armed> {
  const listing = await deps.journal.list()
  refuseWhenOccupied(listing, request.runId)
  const open = listing.records.map((each) => each.head.recordId)
  const recordId = nextRecordId(open, deps.host.clock.wallMs())
  const stage: Stage = await deps.journal.stage(recordId)
  try {
    const { signal } = flight.abort
    const noted = noteActiveUnits(deps, stage.folder)
    const preparation = await prepareFor(deps, request, { recordId, folder: stage.folder, signal }).finally(() => noted)
    if (request.explanationDigest !== null && request.explanationDigest !== preparation.digest) {
      const now = preparation.sentences.join(' ')
      throw new ChaosError('plan-changed', `This host would now be touched differently than planned: ${now}`)
    }
    if (preparation.beyond !== null) {
      const { text, said } = preparation.beyond
      throw new ChaosError('wrong-state', `${request.action} was not started: ${text}.`, { said })
    }
    refuseWhenShared(listing, preparation.touches)
    refuseWhenCalledBack(flight)
    const head = headOf(deps, request, recordId, preparation)
    const byHand = preparation.action.byHand(preparation.undo, `${deps.journal.folder}/${recordId}`)
    return { record: await stage.commit(head, undoText(head, byHand)), preparation }
  } catch (thrown) {
    await stage.discard().catch(() => undefined)
    throw thrown
  }
}

function refuseWhenCalledBack(flight: Flight): void {
  if (!flight.abort.signal.aborted) return
  throw new ChaosError('wrong-state', `Cancelled before anything was touched: ${flight.cause ?? 'no cause was given'}.`)
}

/** Failsafe, fact, and the durable mark after which the host may have been changed. */
async function arm(deps: EngineDeps, { record }: Armed, flight: Flight): Promise<void> {
  const { head } = record
  try {
    await deps.failsafe.arm(head)
    await refuseWhenHalted(deps.haltFile)
    refuseWhenCalledBack(flight)
    await allOf([
      report(deps, head, { type: 'inject.armed', revertByWallMs: head.revertByWallMs }),
      deps.journal.mark(head.recordId, 'injecting'),
    ])
  } catch (thrown) {
    // Where even this fails, the record stays `armed`, and recovery sees that nothing was begun.
    await deps.journal.close(head.recordId).catch((failed) => deps.warn('an unused record stays', failed))
    await deps.failsafe.disarm(head.recordId).catch(() => undefined)
    if (thrown instanceof ChaosError) throw thrown
    const code = codeOf(thrown) === 'ENOSPC' ? 'journal-full' : 'internal'
    throw new ChaosError(code, `${head.action} was not started: ${sentenceOf(thrown)}. Nothing was touched.`, {
      cause: thrown,
    })
  }
}

/** Two syncs at a time, and none of them still at work when one fails. @throws the first failure */
async function allOf(works: readonly Promise<unknown>[]): Promise<void> {
  for (const ended of await Promise.allSettled(works)) if (ended.status === 'rejected') throw ended.reason
}

/** The deed itself, verified. Rejects when the after-image is not there. */
async function perform({ record, preparation }: Armed, context: ActionContext): Promise<void> {
  const { action, params, undo } = preparation
  await action.inject(context, params, undo)
  context.signal.throwIfAborted()
  const standing = await action.verify(context, undo)
  if (standing === 'after') return
  const seen = {
    before: 'the host is as before',
    conflict: 'something else changed it too',
    unclear: 'it cannot be seen',
  }
  throw new ChaosError('tool-failed', `${record.head.action} did not take hold: ${seen[standing]}.`)
}

/**
 * One inject, from the question to the mark `injected`. Needs the lock.
 * @throws ChaosError: before the mark `injecting` nothing was changed; after it, it has been rolled back already, and
 *   `flight.outcome` says how that went
 */
export async function injectOne(
  deps: EngineDeps,
  request: InjectRequest,
  flight: Flight,
  lock: Lock,
): Promise<JournalRecord> {
  await refuseWhenHalted(deps.haltFile)
  refuseWhenCalledBack(flight)
  const armed = await record(deps, request, flight)
  const { head } = armed.record
  flight.recordId = head.recordId
  await arm(deps, armed, flight)

  const begun = reportSurely(deps, head, { type: 'inject.begun' })
  const beganMonoMs = Math.floor(deps.host.clock.monoMs())
  const signal = AbortSignal.any([flight.abort.signal, AbortSignal.timeout(head.injectMs)])
  const context = { ...contextOf(deps, armed.record, signal), revertByMonoMs: head.revertByMonoMs }
  const deed = perform(armed, context)
  let returned = false
  const settled = deed.then(
    () => (returned = true),
    () => (returned = true),
  )
  try {
    if (!(await settledAfter(settled, signal, GRACE_MS))) throw new ChaosError('timed-out', 'the action did not return')
    await deed
    const endedMonoMs = Math.ceil(deps.host.clock.monoMs())
    await deps.journal.mark(head.recordId, 'injected')
    await begun
    await reportSurely(deps, head, { type: 'inject.injected', beganMonoMs, endedMonoMs })
    flight.abort.signal.throwIfAborted()
    return { ...armed.record, state: 'injected' }
  } catch (thrown) {
    await begun
    const reason =
      signal.aborted && flight.cause !== null ? `cancelled: ${flight.cause}` : sentenceOf(thrown).replace(/\.$/, '')
    await reportSurely(deps, head, { type: 'inject.failed', reason: oneLine(reason, 1024) })
    lock.working?.(workMs(head))
    flight.outcome = await putBack(deps, armed.record, flight.cause ?? 'inject failed', () => !returned)
    const code = thrown instanceof ChaosError ? thrown.code : 'tool-failed'
    const after = `Rolled back: ${flight.outcome.restoration}.`
    throw new ChaosError(code, `${head.action} failed: ${reason}. ${after}`, { cause: thrown })
  }
}
