import { durationText } from '../duration.ts'
import { type Finding, mistake } from '../finding.ts'
import { DEFAULT_EVERY_MS } from '../resolve/resolve-drill.ts'
import type { Drill } from '../schema.ts'
import type { LintContext } from './lint-context.ts'

/** The objectives that are measured while a failure is in place: an abort ends that time. */
const WHILE_HELD = ['detect', 'switch', 'outage', 'restore'] as const

/** Abort conditions on what is meant to fail, that end the run before an objective could be missed. */
export function lintAbort({ drill, ms }: LintContext): Finding[] {
  return (drill.abort ?? []).flatMap(({ probe, failsInARow }, index) => {
    const use = drill.steadyState?.[probe]
    const everyMs = use?.every === undefined ? DEFAULT_EVERY_MS : ms(use.every)
    if (use === undefined || everyMs === null || everyMs === 0 || !isMeantToFail(drill, probe)) return []
    const endsMs = failsInARow * everyMs
    const hidden = WHILE_HELD.flatMap((name) => {
      const withinMs = ms(drill.objectives?.[name]?.within)
      return withinMs !== null && endsMs <= withinMs ? [{ name, withinMs }] : []
    })
    if (hidden.length === 0) return []
    const longestMs = Math.max(...hidden.map(({ withinMs }) => withinMs))
    const names = hidden.map(({ name }) => `\`${name}\``).join(' and ')
    const message = `this ends the run after ${durationText(endsMs)}, before ${names} could be missed (${durationText(longestMs)})`
    const expected = `at least ${Math.floor(longestMs / everyMs) + 1} failures in a row`
    return [mistake(['abort', index, 'failsInARow'], message, { expected })]
  })
}

/**
 * A probe that a step names as its effect, or the only one of the steady state. Any other is a guard: the drill wants to
 * end as soon as it fails.
 */
function isMeantToFail(drill: Drill, probe: string): boolean {
  const effects = drill.method.flatMap((step) => ('inject' in step && step.effect !== undefined ? [step.effect] : []))
  if (effects.some((effect) => effect.probe === probe && effect.expect === 'down')) return true
  return effects.length === 0 && Object.keys(drill.steadyState ?? {}).length === 1
}
