import { ChaosError } from '../errors.ts'
import { earliest } from './clock.ts'
import type { Moment } from './moment.ts'
import type { Run, RunAlert } from './run.ts'

/** The failure that an expected alert is about: the last one before it in the method. */
export interface AlertCause {
  readonly stepId: string
  /** When it was first in place; null: nowhere so far. An alert from before is about something else. */
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
function alertMayCome(run: Run, stepId: string): boolean {
  const cause = alertCause(run, stepId)
  return cause === null || cause.injected !== null
}

/** @throws ChaosError `not-found`; `wrong-state` as long as nothing of what the alert is about has begun */
export function expectedAlert(run: Run, stepId: string): RunAlert {
  const alert = run.alerts.find((one) => one.stepId === stepId)
  if (alert === undefined) throw new ChaosError('not-found', `The run expects no alert ${stepId}.`)
  if (alertMayCome(run, stepId)) return alert
  throw new ChaosError('wrong-state', 'The failure that this alert is about has not been started yet.')
}

/** The expected alerts that a monitoring system may answer now, oldest first: something must be failing. */
export function awaitedAlerts(run: Run): string[] {
  if (!run.steps.some((step) => step.hosts.some((host) => host.injected !== null))) return []
  const open = run.alerts.filter(({ stepId, received }) => received === null && alertMayCome(run, stepId))
  return open.map(({ stepId }) => stepId)
}
