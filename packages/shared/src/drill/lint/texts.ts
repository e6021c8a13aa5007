import { type Finding, mistake } from '../finding.ts'
import type { LintContext } from './lint-context.ts'

/** What fits on the screen of the person who is asked. */
const LONGEST = 300

/** Questions and alerts that get too long once the parameters are filled in. */
export function lintTexts({ drill, text }: LintContext): Finding[] {
  return drill.method.flatMap((step, index) => {
    const key = 'ask' in step ? 'ask' : 'expectAlert'
    const filled = 'ask' in step ? text(step.ask) : 'expectAlert' in step ? text(step.expectAlert) : ''
    if (filled.length <= LONGEST) return []
    const message = `\`${key}\` has ${filled.length} characters once it is filled in`
    return [mistake(['method', index, key], message, { expected: `at most ${LONGEST} characters` })]
  })
}
