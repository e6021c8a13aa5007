import type { Action } from '../actions/index.ts'
import type { Failsafe } from '../failsafe/index.ts'
import type { Host } from '../host/index.ts'
import type { Journal } from '../journal/index.ts'
import type { Locker } from '../lock/index.ts'
import type { Policy } from '../policy/index.ts'
import type { Reporter } from '../reporter.ts'

/** All that an engine works with. Only the composition chooses implementations. */
export interface EngineDeps {
  readonly host: Host
  readonly actions: readonly Action[]
  readonly journal: Journal
  readonly locker: Locker
  readonly failsafe: Failsafe
  /** Read anew for each request: the owner may have changed the file. Never asked for a revert. */
  policy(): Promise<Policy>
  /** Does the owner of this host ask, at its own command line? A controller learns less of what is on it. */
  readonly forOwner?: () => boolean
  readonly reporter: Reporter
  /** While this file is there, nothing is injected and everything is rolled back. */
  readonly haltFile: string
  /** Where plans are prepared: a private folder for throw-away before-images. */
  readonly scratch: string
  /** Ends what still restores into the place of a record, before that is rolled back: two must not work there. */
  endExercises?(recordId: string): Promise<void>
  /** For the log: what went wrong without stopping anything. */
  warn(message: string, cause: unknown): void
}

/** The action of that name in this agent's menu, or null. */
export function actionNamed(deps: Pick<EngineDeps, 'actions'>, name: string): Action | null {
  return deps.actions.find((action) => action.name === name) ?? null
}
