import { durationText } from '../duration.ts'
import { type Finding, mistake, warning } from '../finding.ts'
import type { Drill, ObjectiveName } from '../schema.ts'
import type { LintContext } from './lint-context.ts'

interface Needs {
  readonly met: (drill: Drill) => boolean
  readonly what: string
}

const injects = (drill: Drill): boolean => drill.method.some((step) => 'inject' in step)
const steady = (drill: Drill): boolean => Object.keys(drill.steadyState ?? {}).length > 0
const exercises = (drill: Drill): boolean => drill.method.some((step) => 'exercise' in step)
const alerts = (drill: Drill): boolean => drill.method.some((step) => 'expectAlert' in step)

const FAILURE = 'an inject and a probe in steadyState'
const EXERCISE = 'an exercise in the method'

/** What a drill must have for an objective to be measured. */
const NEEDS: Readonly<Record<ObjectiveName, Needs>> = {
  detect: { met: (drill) => injects(drill) && alerts(drill), what: 'an inject and an expectAlert in the method' },
  switch: { met: (drill) => injects(drill) && steady(drill), what: FAILURE },
  outage: { met: (drill) => injects(drill) && steady(drill), what: FAILURE },
  recover: { met: (drill) => injects(drill) && steady(drill), what: FAILURE },
  restore: { met: exercises, what: EXERCISE },
  dataAge: { met: exercises, what: EXERCISE },
}

/** Objectives that nothing in the drill measures, or that something keeps from ever being missed. */
export function lintObjectives(context: LintContext): Finding[] {
  const objectives = Object.entries(context.drill.objectives ?? {}) as [ObjectiveName, { within: string }][]
  return objectives.flatMap(([name, { within }]) => {
    const needs = NEEDS[name]
    if (!needs.met(context.drill)) {
      const message = `nothing in the drill can measure \`${name}\``
      return [mistake(['objectives', name], message, { at: 'key', expected: needs.what })]
    }
    const withinMs = context.ms(within)
    return withinMs === null ? [] : [...hidden(context, name, withinMs), ...givenUp(context, name, withinMs)]
  })
}

/** A wait that ends before its objective is missed still fails the run, but for another reason than the target time. */
function givenUp({ drill, ms }: LintContext, name: ObjectiveName, withinMs: number): Finding[] {
  return drill.method.flatMap((step, index) => {
    const measures = (name === 'detect' && 'expectAlert' in step) || (name === 'restore' && 'exercise' in step)
    const waitMs = measures && 'within' in step ? ms(step.within) : null
    if (waitMs === null || waitMs >= withinMs) return []
    const message = `this is given up before the objective \`${name}\` of ${durationText(withinMs)} is missed`
    return [warning(['method', index, 'within'], message, { expected: `at least ${durationText(withinMs)}` })]
  })
}

/** A failure that is rolled back sooner than the target time leaves nothing to miss. */
function hidden({ drill, ms }: LintContext, name: ObjectiveName, withinMs: number): Finding[] {
  if (name !== 'switch' && name !== 'outage') return []
  const holds = drill.method.flatMap((step) => ('inject' in step ? [ms(step.hold)] : []))
  if (holds.some((holdMs) => holdMs === null || holdMs >= withinMs)) return []
  const message = `every failure is rolled back before the objective \`${name}\` of ${durationText(withinMs)} could be missed`
  return [warning(['objectives', name], message, { at: 'key', expected: 'a longer hold or a shorter target time' })]
}
