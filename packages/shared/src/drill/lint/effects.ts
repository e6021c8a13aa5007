import { type Finding, mistake, warning } from '../finding.ts'
import type { LintContext } from './lint-context.ts'

/** Drills that do nothing, and failures that are seen only by the action's own default probe. */
export function lintEffects({ drill }: LintContext): Finding[] {
  const steady = Object.keys(drill.steadyState ?? {}).length
  const watched = Object.keys(drill.watch ?? {}).length
  if (drill.method.length === 0 && steady + watched === 0) {
    return [
      mistake(['method'], 'this drill does nothing', { at: 'key', expected: 'a step, or a probe in steadyState' }),
    ]
  }
  if (steady > 0) return []
  return drill.method.flatMap((step, index) => {
    if (!('inject' in step) || step.effect !== undefined) return []
    const message = `the drill has no health checks: only the default probe of \`${step.inject}\` confirms the failure`
    return [warning(['method', index], message, { expected: 'a probe in steadyState, best from another host' })]
  })
}
