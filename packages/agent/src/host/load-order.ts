import type { LoadWork } from './loads.ts'

/** The variable that carries the marker: in `/proc/PID/environ`, which nobody but root and the owner may read. */
export const markerVariable = 'CHAOS_LITE_LOAD'

/** What the child says once it is under way, and how it begins what it says when it cannot. */
export const underWay = 'under way'
/** How the child begins the line that says why it cannot work; the reason follows. */
export const cannot = 'cannot: '

/** The one line that a load process reads. */
export interface Order {
  readonly lastsMs: number
  readonly work: LoadWork
}
