import type { Drill } from '../schema.ts'
import type { DrillKind } from './resolved-drill.ts'

/** What a drill is: see `DrillKind`. */
export function kindOf(drill: Drill): DrillKind {
  if (drill.method.some((step) => 'inject' in step)) return 'drill'
  const probes = Object.keys(drill.steadyState ?? {}).length + Object.keys(drill.watch ?? {}).length
  const people = drill.method.some((step) => 'ask' in step || 'expectAlert' in step)
  const exercises = drill.method.some((step) => 'exercise' in step)
  return people && !exercises && probes === 0 ? 'tabletop' : 'check'
}
