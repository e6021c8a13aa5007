import type { Action } from '../actions/action.ts'
import type { Exercise } from '../exercises/exercise.ts'
import type { Probe } from '../probes/probe.ts'

/** Everything an agent of this version knows, whatever the host can do. */
export interface Catalogue {
  readonly actions: readonly Action[]
  readonly probes: readonly Probe[]
  readonly exercises: readonly Exercise[]
}
