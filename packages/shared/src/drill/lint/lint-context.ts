import { type Menu, traitsOf } from '../../catalogue/index.ts'
import type { Params } from '../../primitives.ts'
import { durationMs } from '../duration.ts'
import { fillText } from '../placeholder.ts'
import type { Drill, Step } from '../schema.ts'

/** A drill to be judged with the values its parameters have; a duration whose parameter has none is unknown (null). */
export interface LintContext {
  readonly drill: Drill
  ms(text: string | undefined): number | null
  text(text: string): string
  /** Does this action take the link to the controller away by a restart of the host? */
  restartsHost(action: string): boolean
}

/** The values that are known when a drill is validated: the defaults. */
export function defaultsOf(drill: Drill): Params {
  const values: Params = {}
  for (const [name, { default: preset }] of Object.entries(drill.params ?? {})) {
    if (preset !== undefined) values[name] = preset
  }
  return values
}

/**
 * Reads a drill with these values. Without a menu, only actions that this version knows are known to restart a host.
 */
export function lintContext(drill: Drill, values: Params, menu: Menu | null): LintContext {
  const text = (raw: string): string =>
    String(fillText(raw, ({ name }) => (Object.hasOwn(values, name) ? values[name] : undefined)))
  return {
    drill,
    text,
    ms: (raw) => (raw === undefined ? null : durationMs(text(raw))),
    restartsHost: (action) => traitsOf(action, menu).restartsHost === true,
  }
}

/** How a message names a step. */
export function stepTitle(step: Step, index: number): string {
  const what = 'inject' in step ? step.inject : 'exercise' in step ? step.exercise : null
  if (what !== null) return `\`${step.name ?? what}\``
  const kind = 'ask' in step ? 'question' : 'expectAlert' in step ? 'alert' : 'wait'
  return step.name === undefined ? `the ${kind} of step ${index + 1}` : `\`${step.name}\``
}
