import type { Step } from '../schema.ts'
import type { LintContext } from './lint-context.ts'

/** When a step begins, counted from the start of the method, and how long it lasts at most. */
export interface Slot {
  readonly step: Step
  readonly index: number
  /** When everybody answers at once. */
  readonly earliestMs: number
  /** When every answer, alert and exercise takes all its time. */
  readonly latestMs: number
  /** An inject: its hold. Any other step: all its time. */
  readonly lastsMs: number
}

/**
 * The timetable of the method, up to the first step whose duration is not known. An inject returns when its effect is
 * seen, which takes seconds that nobody can foresee: they are counted as none.
 */
export function timetableOf({ drill, ms }: LintContext): Slot[] {
  const slots: Slot[] = []
  let earliestMs = 0
  let latestMs = 0
  for (const [index, step] of drill.method.entries()) {
    const lastsMs = ms('inject' in step ? step.hold : 'wait' in step ? step.wait : step.within)
    if (lastsMs === null) return slots
    slots.push({ step, index, earliestMs, latestMs, lastsMs })
    if ('inject' in step) continue
    latestMs += lastsMs
    if ('wait' in step) earliestMs += lastsMs
  }
  return slots
}
