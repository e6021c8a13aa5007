import type { Plan, PlannedStep, Run, Ulid } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { Gateway } from '../../gateway/index.ts'
import type { Clock } from '../../time/index.ts'
import type { RunBook } from '../run-book.ts'
import type { Doors } from './doors.ts'

/** A step of a plan that starts a failure. Its drill file form is `InjectStep` of `shared`. */
export type InjectStep = Extract<PlannedStep, { kind: 'inject' }>
/** A step of a plan that runs an exercise. Its drill file form is `ExerciseStep` of `shared`. */
export type ExerciseStep = Extract<PlannedStep, { kind: 'exercise' }>

/** What the whole controller gives to a sequence. */
export interface SequenceDeps {
  readonly book: RunBook
  readonly gateway: Gateway
  readonly clock: Clock
  readonly log: Logger
}

/** One run under way. `signal` ends when the run is to be stopped; rolling back never depends on it. */
export interface Sequence extends SequenceDeps {
  readonly runId: Ulid
  readonly plan: Plan
  readonly signal: AbortSignal
  readonly doors: Doors
  /** Stops the run: ends `signal`, and records why. The first reason stands. Never rejects. */
  stop(cause: StopCause, reason: string, by?: string): Promise<void>
  /** Resolves when the reason of a stop is stored; at once where nobody stopped it. Never rejects. */
  stopRecorded(): Promise<void>
}

/** Why a run was stopped, as `abort.requested` records it. A later cause never replaces the first. */
export type StopCause =
  | 'preflight'
  | 'person'
  | 'stop all'
  | 'abort condition'
  | 'host lost'
  | 'inject failed'
  | 'effect not seen'
  | 'controller restarted'

/** The run as it stands now. */
export function runNow(sequence: Sequence): Run {
  const run = sequence.book.current(sequence.runId)
  if (run === null) throw new Error(`Run ${sequence.runId} is not under way.`)
  return run
}

/** The name of a host for people. */
export function hostName(plan: Plan, hostId: string): string {
  return plan.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
}
