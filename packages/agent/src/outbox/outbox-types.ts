import type { Cursor } from '@chaos-lite/shared'
import type { Reporter } from '../reporter.ts'

/** A fact on disk that the controller has not acknowledged: the exact bytes, as text without the line end. */
export interface PendingFact {
  readonly epoch: string
  readonly seq: number
  readonly line: string
}

/** A line that could not be read: kept aside, never sent, told to people. */
export interface BrokenLine {
  readonly epoch: string
  readonly where: string
  readonly reason: string
}

/**
 * The durable facts of this host. Each process writes its own epoch; one process (the agent) also sends and removes
 * the acknowledged facts of all of them. Facts are never dropped: when there is no room, `report` rejects with
 * `storage-full`, and what would have caused the fact is refused. Facts about putting back have room set aside.
 */
export interface Outbox extends Reporter, AsyncDisposable {
  readonly epoch: string
  /** Facts that were not acknowledged, oldest epoch first, from `after` on (default: from the acknowledged cursor). */
  pending(after?: ReadonlyMap<string, number>): AsyncIterable<PendingFact>
  /** Marks everything of that epoch up to `seq` as stored by the controller. Rejects a cursor beyond what was written. */
  acknowledge(cursor: Cursor): Promise<void>
  /** Called after facts have become durable. Returns a function that ends the subscription. */
  onReported(listener: () => void): () => void
  /** Lines found broken so far. */
  broken(): readonly BrokenLine[]
  /** Ends the epoch: later reports reject. */
  close(): Promise<void>
}
