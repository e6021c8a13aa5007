import type { RevertCause } from '@chaos-lite/shared'
import type { InjectRequest, RevertOutcome, Selection } from './engine.ts'

/** An inject that is on its way: it can be called back at any moment. */
export interface Flight {
  /** Null for a rehearsal. */
  readonly runId: string | null
  readonly stepId: string
  readonly onLinkLoss: 'revert' | 'hold'
  /** Aborted by a revert that meets it; `cause` says which. */
  readonly abort: AbortController
  /** Null as long as nobody calls it back. */
  cause: RevertCause | null
  /** Known from the moment the record is on disk. */
  recordId: string | null
  /** What came of rolling it back, when that was needed. */
  outcome: RevertOutcome | null
  /** Ends when the inject has ended, well or badly. Never rejects. */
  ended: Promise<void>
}

/** A failure that is about to be started, before there is a record of it. */
export function newFlight({ runId, stepId, onLinkLoss }: InjectRequest): Flight {
  const abort = new AbortController()
  return { runId, stepId, onLinkLoss, abort, cause: null, recordId: null, outcome: null, ended: Promise.resolve() }
}

/** Does a selection name this record, or this inject? `{}` names everything. */
export function matches(
  selection: Selection,
  one: Pick<Flight, 'runId' | 'stepId' | 'recordId' | 'onLinkLoss'>,
): boolean {
  if (selection.runId !== undefined && selection.runId !== one.runId) return false
  if (selection.stepId !== undefined && selection.stepId !== one.stepId) return false
  if (selection.onLinkLoss !== undefined && selection.onLinkLoss !== one.onLinkLoss) return false
  return selection.recordId === undefined || selection.recordId === one.recordId
}
