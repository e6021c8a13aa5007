import type { Menu } from '../../catalogue/index.ts'
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
import { lintRevertOrder } from './revert-order.ts'
import { lintTargets } from './targets.ts'
import { lintTexts } from './texts.ts'

export { defaultsOf } from './lint-context.ts'

const LINTS = [
  lintDurations,
  lintTargets,
  lintEffects,
  lintHolds,
  lintRevertOrder,
  lintRestarts,
  lintObjectives,
  lintAbort,
  lintTexts,
]

/**
 * Can this drill end well, with these values of its parameters? Unknown values leave what depends on them unjudged. `menu`:
 * what hosts say of actions that this version does not have.
 */
export function lintDrill(drill: Drill, values: Params, menu: Menu | null = null): Finding[] {
  const context = lintContext(drill, values, menu)
  return LINTS.flatMap((lint) => lint(context))
}
