import type { ControllerEvent, Run, SourcedFact, Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'

/** The runs that are under way, and the one place where the controller's own facts are written. */
export interface RunBook {
  /** The run as reduced from its facts; read from the store when it is not under way. */
  get(runId: Ulid): Promise<Run | null>
  /** The same without waiting, for runs under way. */
  current(runId: Ulid): Run | null
  facts(runId: Ulid): Promise<readonly SourcedFact[]>
  /** The same, some at a time: for runs that may be long. Others have their turn in between. */
  pages(runId: Ulid): AsyncGenerator<readonly SourcedFact[]>
  /** Commits one fact of the controller, then reduces and publishes it. */
  record(event: ControllerEvent): Promise<Run>
  /** Facts of agents that were just committed by `ingest`. */
  ingested(facts: readonly SourcedFact[]): Promise<void>
  /**
   * Resolves with the run as soon as `done` holds; resolves with null at the deadline (`withinMs`) or when `signal`
   * ends first.
   */
  until(
    runId: Ulid,
    done: (run: Run) => boolean,
    options: { withinMs: number; signal?: AbortSignal },
  ): Promise<Run | null>
  /** Called for each committed fact, in order, and for each changed row. */
  listen(listener: { fact?(runId: Ulid, fact: SourcedFact): void; row?(row: RunRow): void }): () => void
  row(run: Run): RunRow
}
