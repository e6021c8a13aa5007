import type { Path } from '../../path.ts'
import { durationText } from '../duration.ts'
import { type Finding, mistake } from '../finding.ts'
import type { LintContext } from './lint-context.ts'

const HOUR_MS = 3_600_000
/** Nothing of a small, reversible drill takes longer than a day. */
const LONGEST_MS = 24 * HOUR_MS
/** The agent samples between these. */
const EVERY_MS = { least: 50, most: HOUR_MS }

/** Durations that are nothing, or longer than a drill may take. */
export function lintDurations(context: LintContext): Finding[] {
  const { drill } = context
  const steps = drill.method.flatMap((step, index) => {
    const path = ['method', index]
    if ('wait' in step) return between(context, step.wait, [...path, 'wait'], 1, LONGEST_MS)
    if (!('inject' in step)) return between(context, step.within, [...path, 'within'], 1, LONGEST_MS)
    const holdMs = context.ms(step.hold)
    return [
      ...between(context, step.hold, [...path, 'hold'], 1, LONGEST_MS),
      ...between(context, step.effect?.within, [...path, 'effect', 'within'], 1, holdMs ?? LONGEST_MS),
    ]
  })
  const probes = (['steadyState', 'watch'] as const).flatMap((section) =>
    Object.entries(drill[section] ?? {}).flatMap(([name, { every }]) =>
      between(context, every, [section, name, 'every'], EVERY_MS.least, EVERY_MS.most),
    ),
  )
  return [...steps, ...probes]
}

function between({ ms }: LintContext, text: string | undefined, path: Path, least: number, most: number): Finding[] {
  const value = ms(text)
  if (value === null || (value >= least && value <= most)) return []
  const message = `\`${String(path.at(-1))}\` is ${durationText(value)}`
  const expected = value < least ? `at least ${durationText(least)}` : `at most ${durationText(most)}`
  return [mistake(path, message, { expected })]
}
