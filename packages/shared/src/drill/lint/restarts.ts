import { type Finding, mistake } from '../finding.ts'
import type { LintContext } from './lint-context.ts'

/** A host that restarts loses its link for a while: the run must not take that for a loss. */
export function lintRestarts({ drill, restartsHost }: LintContext): Finding[] {
  return drill.method.flatMap((step, index) => {
    if (!('inject' in step) || !restartsHost(step.inject) || step.onLinkLoss === 'hold') return []
    const message = 'a host that restarts loses its link to the controller: that must not end the run'
    return [mistake(['method', index], message, { at: 'key', expected: '`onLinkLoss: hold`' })]
  })
}
