import type { Outbox } from './outbox/index.ts'
import type { Agent } from './world.ts'

/** An agent with what only the composition hands on. */
export interface LiveAgent extends Agent {
  readonly outbox: Outbox
}
