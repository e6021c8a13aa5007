import type { Expectation, ProbeStatus, ProbeValue } from '@chaos-lite/shared'
import type * as z from 'zod'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Ability, Host } from '../host/index.ts'
import type { PolicyQuestion } from '../policy/index.ts'

/** What one look of a probe works with. A probe changes nothing on the host. */
export interface ProbeContext {
  readonly host: Host
  readonly local: LocalDefinitions
  /**
   * Does the host's owner allow to look at the file or folder that really lies here? Asked with each look, because what
   * a path leads to may have been changed since the policy was asked.
   */
  mayRead(place: string): boolean
  /** Ends a sample that takes too long. */
  readonly signal: AbortSignal
}

/** One look. `evaluated: false` means the probe could not run: never a pass, never a failure. */
export type Sighting =
  | { readonly evaluated: true; readonly value: ProbeValue; readonly message: string | null }
  | { readonly evaluated: false; readonly message: string }

/** One kind of observation. It changes nothing and returns plain values: never bodies, never file contents. */
export interface Probe<P = unknown> {
  readonly name: string
  readonly summary: string
  readonly needs: readonly Ability[]
  readonly params: z.ZodType<P>
  /** Field by field, what it answers: the reference page is generated from this. */
  readonly value: Readonly<Record<string, string>>
  /** What counts as up when the drill does not say. */
  expect(params: P): Readonly<Record<string, Expectation>>
  /** What the host's policy must allow. Only a probe whose parameters can name nothing needs no line: see `isHarmless`. */
  asks(params: P): readonly PolicyQuestion[]
  /** How long one sample may take. */
  timeoutMs(params: P): number
  /**
   * What a sample that had to be ended at its time-out means; default: `down`. A consumer that gets no answer is
   * down; a probe that reads much (a backup repository) has merely not finished.
   */
  readonly hanging?: 'down' | 'not evaluated'
  /**
   * Does it read paths, which may lead to where nobody answers? `paths`: it is done by another process while something is
   * mounted on this host that may not answer; `always`: always. Default: not at all.
   */
  reads?(params: P): 'nothing' | 'paths' | 'always'
  look(context: ProbeContext, params: P): Promise<Sighting>
}

/** Forgets the type of the parameters, so that probes fit one list: they are parsed by its schema before each use. */
export function defineProbe<P>(probe: Probe<P>): Probe {
  return probe as unknown as Probe
}

/** A complete sample: when it was begun and done, and what it means. */
export interface Sample {
  readonly beganMonoMs: number
  readonly endedMonoMs: number
  readonly status: ProbeStatus
  readonly value: ProbeValue
  /** Why it is not up; null when it is. */
  readonly message: string | null
}
