import type { ControllerEvent, Plan, Run } from '@chaos-lite/shared'
import type { KeptRow } from './row-keeper.ts'

/** A run that is read, and kept up to date. */
export interface OpenRun extends KeptRow {
  run: Run
}

/** A fact of the controller that waits to be stored. */
export interface Waiting {
  readonly event: ControllerEvent
  readonly done: (run: Run) => void
  readonly failed: (error: unknown) => void
}

/** A run that waits for its first facts to be stored. */
export interface Beginning {
  readonly events: readonly ControllerEvent[]
  /** Null for a slot that nothing was planned for. */
  readonly plan: Plan | null
  readonly done: (run: Run) => void
  readonly failed: (error: unknown) => void
}

/** A waiting fact with the run that it belongs to, so that facts of several runs share one transaction. */
export type Grouped = Waiting & { readonly open: OpenRun }
