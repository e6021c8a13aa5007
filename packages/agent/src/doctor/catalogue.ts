import type { Action } from '../actions/index.ts'
import type { Exercise } from '../exercises/index.ts'
import type { Probe } from '../probes/index.ts'

/** Everything an agent of this version knows, whatever the host can do. */
export interface Catalogue {
  readonly actions: readonly Action[]
  readonly probes: readonly Probe[]
  readonly exercises: readonly Exercise[]
}
