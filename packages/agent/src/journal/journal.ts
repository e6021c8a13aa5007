import type { JournalRecord, RecordHead, RecordState } from './record.ts'

/** A place in the journal that could not be understood. It is kept as it is, and stops every inject. */
export interface Unreadable {
  readonly path: string
  readonly reason: string
}

/** What lies in the journal now. Both lists empty is the only meaning of "nothing is open". */
export interface JournalListing {
  /** Open records, newest first. */
  readonly records: readonly JournalRecord[]
  readonly unreadable: readonly Unreadable[]
}

/** A finished record whose end was not reported. */
export interface Untold {
  readonly head: RecordHead
  /** The note of its mark `reverted`; null where that could not be written. */
  readonly note: string | null
}

/** A record in the making. Until `commit` returns it does not count, and a crash leaves nothing to roll back. */
export interface Stage {
  /** Where `prepare` may lay bulky before-images. It gets another name at `commit`: never store this path. */
  readonly folder: string
  /**
   * Makes the record durable: head, progress file with all the room it will ever need, `UNDO.txt`, a reserve.
   * @throws ChaosError `journal-full` when there is no room; the stage is gone then.
   */
  commit(head: RecordHead, undoText: string): Promise<JournalRecord>
  discard(): Promise<void>
}

/**
 * The agent's durable list of undo records, one folder each. Only the holder of the lock changes it; everybody may
 * read it. Every method that changes something returns after fsync of file and folder.
 */
export interface Journal {
  readonly folder: string
  stage(recordId: string): Promise<Stage>
  /** Never throws because of a damaged record: that one is listed as unreadable, the others as records. */
  list(): Promise<JournalListing>
  /** The record, or null when there is none. @throws ChaosError `journal-unreadable` */
  read(recordId: string): Promise<JournalRecord | null>
  /** Writes a new state into the room kept for it. `note` is the reason of `stuck`, or how well it was `reverted`. */
  mark(recordId: string, state: RecordState, note?: string): Promise<void>
  /** Frees the space kept for a revert on a full disk. */
  releaseReserve(recordId: string): Promise<void>
  /** Moves a record that is marked `reverted` to the archive of finished ones, or removes it. */
  close(recordId: string): Promise<void>
  /** How a record ended that was rolled back lately, as its last mark says it; null where that is not known. Never throws. */
  ended(recordId: string): Promise<string | null>
  /** Finished records that were not reported yet, oldest first: their process ended between the deed and the word. */
  unreported(): Promise<readonly Untold[]>
  /** The end of that finished record is reported, durably. Losing this costs a repetition. Never throws. */
  markReported(recordId: string): Promise<void>
  /** Clears away stages that never became records, and finishes records marked `reverted`. Needs the lock. */
  sweep(): Promise<void>
}
