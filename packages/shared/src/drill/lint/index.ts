import type { Params } from '../../primitives.ts'
import type { Finding } from '../finding.ts'
import type { Drill } from '../schema.ts'
import { lintAbort } from './abort.ts'
import { lintDurations } from './durations.ts'
import { lintEffects } from './effects.ts'
import { lintHolds } from './holds.ts'
import { lintContext } from './lint-context.ts'
import { lintObjectives } from './objectives.ts'
import { lintRestarts } from './restarts.ts'
import { lintTargets } from './targets.ts'
import { lintTexts } from './texts.ts'

export { defaultsOf } from './lint-context.ts'

/** Can this drill end well, with these values of its parameters? Unknown values leave what depends on them unjudged. */
export function lintDrill(drill: Drill, values: Params): Finding[] {
  const context = lintContext(drill, values)
  const lints = [lintDurations, lintTargets, lintEffects, lintHolds, lintRestarts, lintObjectives, lintAbort, lintTexts]
  return lints.flatMap((lint) => lint(context))
}
