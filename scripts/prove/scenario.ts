import type { Counts } from './calls.ts'
import type { Random } from './random.ts'
import type { Step } from './schedule.ts'

/** What the programs of one action do, counted once: where they can be struck. */
export interface Points {
  readonly rehearse: Counts
  readonly recover: Counts
  /** Of the agent that is linked to a controller; empty unless the scenario asked for it. */
  readonly drill: Counts
}

/** One kind of misfortune; the seed decides where exactly it strikes. */
export interface Scenario {
  readonly name: string
  /** As in the table: what happens to the host. */
  readonly title: string
  readonly worlds: readonly ('namespace' | 'lab')[]
  /** How often it is chosen, beside the others. */
  readonly weight: number
  /** A controller is cut off, which takes as long as a lease; `struck`: and the agent that is linked to it is struck. */
  readonly lease?: 'waited for' | 'struck'
  /** Makes sense, too, where the failure is a restart of the host; `only`: nowhere else. */
  readonly restart?: 'too' | 'only'
  /** Somebody is at work on the host meanwhile. */
  readonly people?: true | 'lasting'
  /** `people`: which of the action's people can do something there. */
  steps(random: Random, points: Points, people: readonly number[]): readonly Step[]
}
