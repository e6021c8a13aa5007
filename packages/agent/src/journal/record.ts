import { line, Ms, Name, Params, Ulid, UtcMs } from '@chaos-lite/shared'
import * as z from 'zod'

/** The states of one record. Nothing leaves the journal except `reverted`. */
export const RecordState = z.enum(['armed', 'injecting', 'injected', 'reverting', 'reverted', 'stuck'])
export type RecordState = z.infer<typeof RecordState>

/** The head of a record: all that a revert needs, written durably before anything is touched. */
export const RecordHead = z.strictObject({
  format: z.literal(1),
  recordId: Ulid,
  /** A run of the controller, or null for `rehearse`. */
  runId: Ulid.nullable(),
  stepId: Name,
  action: line(64),
  undoVersion: z.int().min(1),
  params: Params,
  undo: z.json(),
  touches: z.array(line(512)).max(64),
  sentences: z.array(line(1024)).max(32),
  bootId: line(64),
  preparedWallMs: UtcMs,
  holdMs: Ms,
  injectMs: Ms,
  revertMs: Ms,
  /** Fixed when armed; whichever comes first ends the failure. `revertByMonoMs` counts on `bootId` only. */
  revertByWallMs: UtcMs,
  revertByMonoMs: z.int().min(0),
  onLinkLoss: z.enum(['revert', 'hold']),
  agentVersion: line(64),
})
export type RecordHead = z.infer<typeof RecordHead>

/** A record as read back. */
export interface JournalRecord {
  readonly head: RecordHead
  readonly state: RecordState
  readonly folder: string
  /** A sentence; null unless the record is stuck. */
  readonly stuckReason: string | null
}
