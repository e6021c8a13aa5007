import { type AgentEvent, ChaosError, type Cursor } from '@chaos-lite/shared'
import type { HostClock } from '../host/index.ts'
import type { Reporter } from '../reporter.ts'
import type { BrokenLine, PendingFact } from './epoch-reader.ts'

/** Where facts wait until the controller has them. */
export interface OutboxOptions {
  readonly folder: string
  readonly clock: HostClock
  /** Default: random at each start. */
  readonly epoch?: string
  /** Called once for each line that is not as it was written. */
  readonly onBroken?: (line: BrokenLine) => void
  /** For tests: how much of what was acknowledged is kept. */
  readonly kept?: { readonly ageMs: number; readonly bytes: number; readonly epochs: number }
}

/**
 * An acknowledgement of facts that this host never wrote: the other side is wrong, or this host was restored from a
 * snapshot. Every other error of `acknowledge` and `resume` is trouble of this host alone, and nobody else's fault.
 */
export class FalseAcknowledgement extends ChaosError {
  constructor({ epoch, seq }: Cursor) {
    super('internal', `Facts up to ${seq} were acknowledged in epoch ${epoch}, but not so many were written.`)
  }
}

/** Hands out facts that were not acknowledged, epoch by epoch, each fact once. */
export interface OutboxReader {
  /** The next facts, empty when there are none now. At least one is returned however small `bytes` is. */
  read(limits: { readonly facts: number; readonly bytes: number }): Promise<readonly PendingFact[]>
}

/** From where an outbox goes on after a connection: as it was, from an earlier fact, or in a new epoch. */
export type Resumed = 'goes on' | 'sends again' | 'new epoch'

/**
 * The durable facts of this host. Each process writes its own epoch; the agent also sends, and after their
 * acknowledgement removes, those of all the others (the failsafe's revert, earlier starts). Facts are never dropped:
 * when there is no room `report` rejects with `storage-full`, and what would have caused the fact is refused. Facts
 * about what was already done have room set aside.
 */
export interface Outbox extends Reporter, AsyncDisposable {
  readonly epoch: string
  /**
   * Does the controller know the field `said` of facts, which says what their texts mean? Until it has said so, facts are
   * written without it: a controller that does not know it could never take them. Default: false.
   */
  tellsMeanings: boolean
  /** Begins at the acknowledged cursor of every epoch. */
  reader(): Promise<OutboxReader>
  /**
   * Takes up where the controller stands in this process's epoch, before anything is sent. It may know less than before,
   * when it was restored from a backup: what is still here is sent again, and with it all that was acknowledged and kept
   * ("Restored" in the protocol: `NOTHING_KNOWN` asks for it where this epoch says nothing). It may know more than was written: then this host
   * was restored from a snapshot of its memory, and a new epoch begins.
   * @throws FalseAcknowledgement when it knows more so soon again; any other error is trouble of this host
   */
  resume(cursor: Cursor | null): Promise<Resumed>
  /**
   * Everything up to `seq` of that epoch is stored by the controller. May be repeated after an error.
   * @throws FalseAcknowledgement beyond what was written; any other error is trouble of this host
   */
  acknowledge(cursor: Cursor): Promise<void>
  /** Calls `listener` after a fact became durable; returns the way to stop that. */
  onReported(listener: (event: AgentEvent) => void): () => void
  /** Lines found broken so far. */
  broken(): readonly BrokenLine[]
  /** Ends the epoch: later reports reject. */
  close(): Promise<void>
}
