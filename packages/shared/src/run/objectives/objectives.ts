import type { ObjectiveName } from '../../drill/index.ts'
import type { Objectives, Run } from '../run.ts'
import type { RunStep } from '../run-step.ts'
import { decide } from './decide.ts'
import { detect } from './detect.ts'
import { landmarksOf } from './landmarks.ts'
import { outage } from './outage.ts'
import { recover } from './recover.ts'
import { dataAge, restore } from './restore.ts'
import { switchOver } from './switch.ts'

/** Every timing of a run, against its target where the drill has one. */
export function measure(run: Run): Objectives {
  const marks = landmarksOf(run)
  return {
    detect: decide(run, 'detect', detect(run, marks)),
    switch: decide(run, 'switch', switchOver(run, marks)),
    outage: decide(run, 'outage', outage(run, marks)),
    recover: decide(run, 'recover', recover(run, marks)),
    restore: decide(run, 'restore', restore(run)),
    dataAge: decide(run, 'dataAge', dataAge(run)),
  }
}

/** The only ones that can have a value before anything is rolled back. */
const WHILE_HELD: readonly ObjectiveName[] = ['detect', 'switch', 'restore', 'dataAge']

/** Measured by exercises alone: once those are over, a value that is missing will not come. */
const BY_EXERCISES: readonly ObjectiveName[] = ['restore', 'dataAge']

function allEnded(run: Run, kind: RunStep['kind']): boolean {
  return run.steps.every((step) => step.kind !== kind || step.state === 'ended')
}

/** Is the time of every expected alert over? One that comes later counts as late, and nothing waits for it. */
export function alertsOver(run: Run): boolean {
  return allEnded(run, 'alert')
}

/** What a drill that releases early still waits for: targets that can only be measured while the failure is in place. */
export function awaitedWhileHeld(run: Run): ObjectiveName[] {
  const over = [
    ...(allEnded(run, 'exercise') ? BY_EXERCISES : []),
    ...(alertsOver(run) ? (['detect'] satisfies ObjectiveName[]) : []),
  ]
  return WHILE_HELD.filter((name) => {
    const { withinMs, measured } = run.objectives[name]
    return withinMs !== null && measured === null && !over.includes(name)
  })
}
