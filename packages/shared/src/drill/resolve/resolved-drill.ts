import type { Params } from '../../primitives.ts'
import type { Expectation, ObjectiveName, TargetSelector } from '../schema.ts'

/**
 * drill: something is injected; check: nothing is injected, it only probes or exercises; tabletop: people only.
 */
export type DrillKind = 'drill' | 'check' | 'tabletop'

/** A probe with its parameters filled in. `steady` decides the verdict, `watch` only shows. */
export interface ResolvedProbe {
  readonly probeId: string
  readonly role: 'steady' | 'watch'
  readonly probe: string
  readonly on: string
  readonly params: Params
  readonly everyMs: number
  /** Null: what the probe itself expects. */
  readonly expect: Record<string, Expectation> | null
}

/** A failure to start on every host of the group `on`, in place for at most `holdMs`. */
export interface ResolvedInject {
  readonly kind: 'inject'
  readonly stepId: string
  readonly action: string
  readonly on: string
  readonly params: Params
  readonly holdMs: number
  /** null: the action's default effect probe. `withinMs` null: the planner's default wait. */
  readonly effect: { readonly probeId: string; readonly expect: 'down' | 'up'; readonly withinMs: number | null } | null
  readonly onLinkLoss: 'revert' | 'hold'
}

/** An exercise, such as restoring a backup, on every host of the group `on`; given up after `withinMs`. */
export interface ResolvedExercise {
  readonly kind: 'exercise'
  readonly stepId: string
  readonly exercise: string
  readonly on: string
  readonly params: Params
  readonly withinMs: number
}

/** A question to a person while the failure is in place. `expect: 'any'`: every answer passes, and is recorded. */
export interface ResolvedAsk {
  readonly kind: 'ask'
  readonly stepId: string
  readonly text: string
  readonly of: string
  readonly withinMs: number
  readonly expect: 'yes' | 'no' | 'any'
}

/** An alert that monitoring should send within `withinMs` after this step has begun. */
export interface ResolvedAlert {
  readonly kind: 'alert'
  readonly stepId: string
  readonly text: string
  readonly withinMs: number
}

/** Nothing is done for `forMs` while failures that are in place stay there. */
export interface ResolvedWait {
  readonly kind: 'wait'
  readonly stepId: string
  readonly forMs: number
}

/** One activity of the method, by `kind`; steps follow one another in the order of the file. */
export type ResolvedStep = ResolvedInject | ResolvedExercise | ResolvedAsk | ResolvedAlert | ResolvedWait

/**
 * A drill with its parameters filled in and its durations in milliseconds, ready to be planned against real hosts.
 * Only `${host.name}` and `${host.address}` may still stand in `params` and `expect`: they differ from host to host.
 */
export interface ResolvedDrill {
  readonly drill: string
  readonly version: number
  readonly title: string
  readonly why: string
  readonly kind: DrillKind
  /** The value of every declared parameter. */
  readonly params: Params
  /** By group. Each has `exactly` or `atMost`. */
  readonly targets: Record<string, TargetSelector>
  readonly probes: readonly ResolvedProbe[]
  readonly steps: readonly ResolvedStep[]
  readonly objectives: { [name in ObjectiveName]?: { withinMs: number } }
  readonly abort: readonly { readonly probeId: string; readonly failsInARow: number }[]
  readonly release: 'early' | 'at-hold'
  /** Step ids in the order in which they are rolled back at the planned end; empty: newest first. */
  readonly revertOrder: readonly string[]
  readonly limits: { readonly hosts: number | null; readonly holdAtMostMs: number | null }
  readonly controls: readonly string[]
}
