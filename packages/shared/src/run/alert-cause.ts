import { earliest } from './clock.ts'
import type { Moment } from './moment.ts'
import type { Run } from './run.ts'

/** The failure that an expected alert is about: the last one before it in the method. */
export interface AlertCause {
  readonly stepId: string
  /** When it was first in place; null: nowhere so far. An alert from before tells of something else. */
  readonly injected: Moment | null
}

/** Null where the method starts no failure before that alert, as in a tabletop. */
export function alertCause(run: Run, stepId: string): AlertCause | null {
  const steps = run.plan?.steps ?? []
  const before = steps.slice(
    0,
    steps.findIndex((step) => step.stepId === stepId),
  )
  const cause = before.findLast((step) => step.kind === 'inject')
  if (cause === undefined) return null
  const rows = run.steps.find((step) => step.stepId === cause.stepId)?.hosts ?? []
  return { stepId: cause.stepId, injected: earliest(rows.flatMap((row) => row.injected ?? [])) }
}

/** May an alert that comes now be the expected one? */
export function alertMayCome(run: Run, stepId: string): boolean {
  const cause = alertCause(run, stepId)
  return cause === null || cause.injected !== null
}
