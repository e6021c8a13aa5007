import type { NotCompared } from '@chaos-lite/shared'
import type { Message, Words } from '@chaos-lite/shared/words'
import type * as z from 'zod'
import type { Canary } from '../backups/index.ts'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Ability, Host } from '../host/index.ts'
import type { PolicyQuestion } from '../policy/index.ts'

/** What an exercise works with; it changes nothing outside of `scratchFolder` but what `quarantine` allows. */
export interface ExerciseContext {
  readonly host: Host
  readonly local: LocalDefinitions
  readonly signal: AbortSignal
  /** A private scratch folder; wiped afterwards whatever happens. */
  readonly scratchFolder: string
  /** Where child processes at work are noted, so that `halt` and `revert` of another process can end them. */
  readonly running?: { readonly folder: string; readonly runId: string | null }
  /** Called as each phase ends. */
  phase(name: string, tookMs: number): void
  /**
   * The open failure of this run that moved `folder` aside, or null: the only case in which a restore may take the
   * place of the original folder. What that failure must know to remove the restored folder again is left in
   * `recordFolder`: see `replacement.ts`.
   */
  quarantine(
    folder: string,
  ): { readonly recordId: string; readonly movedTo: string; readonly recordFolder: string } | null
}

/** What an exercise found. `dataAgeMs` null: nothing was restored whose age counts; `reason` null: it succeeded. */
export interface ExerciseResult {
  readonly ok: boolean
  readonly reason: string | null
  readonly items: number
  /** The first ones, and a last line that says how many more. */
  readonly differences: readonly string[]
  /** How many there are. */
  readonly differenceCount: number
  /** Whatever was not compared, with counts. */
  readonly notCompared: readonly NotCompared[]
  readonly dataAgeMs: number | null
  readonly canary: Canary
}

/** The result of an exercise that came to no end of its own: nothing is known but the reason. */
export function failedExercise(reason: string): ExerciseResult {
  return {
    ok: false,
    reason,
    items: 0,
    differences: [],
    differenceCount: 0,
    notCompared: [],
    dataAgeMs: null,
    canary: 'not planted',
  }
}

/** An exercise does real work (a timed restore) and leaves nothing behind. */
export interface Exercise<P = unknown> {
  readonly name: string
  readonly summary: string
  readonly needs: readonly Ability[]
  /** The English of every message that `prepare` answers with, by code. */
  readonly words: Words
  readonly params: z.ZodType<P>
  asks(params: P): readonly PolicyQuestion[]
  /** Only reads; throws when it could not work. What will be read, written and wiped. */
  prepare(context: Omit<ExerciseContext, 'phase'>, params: P): Promise<readonly Message[]>
  perform(context: ExerciseContext, params: P): Promise<ExerciseResult>
}

/**
 * Forgets the type of the parameters, so that exercises fit one list: they are parsed by its schema before each use.
 */
export function defineExercise<P>(exercise: Exercise<P>): Exercise {
  return exercise as unknown as Exercise
}
