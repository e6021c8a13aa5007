import { type Drill, fillParams, formatParamMistake, parseDrill } from '@chaos-lite/shared'
import type { DrillView } from '@chaos-lite/shared/api'
import { useMemo } from 'react'
import { type Values, valuesToSend } from './param-values.ts'

/** What is wrong with the values of a drill's form. */
export interface ParamMistakes {
  /** Per parameter, in the words of the command line. */
  readonly fields: Readonly<Record<string, string>>
  /** What is wrong with values of which each would do by itself. */
  readonly together: readonly string[]
}

const NONE: ParamMistakes = { fields: {}, together: [] }

/** The drill as the controller keeps it; null while its file has mistakes. */
export function drillOf({ name, source }: Pick<DrillView, 'name' | 'source'>): Drill | null {
  const parsed = parseDrill(source, { file: `${name}.yaml`, menu: null })
  return parsed.ok ? parsed.drill : null
}

/** Finds what the controller would refuse, before it is asked: by the same rules, in the same words. */
export function paramMistakes(drill: Drill, view: Pick<DrillView, 'params'>, values: Values): ParamMistakes {
  const filled = fillParams(drill, valuesToSend(view, values))
  if (filled.ok) return NONE
  const fields = filled.mistakes.flatMap((one) => (one.param === null ? [] : [[one.param, formatParamMistake(one)]]))
  const together = filled.mistakes.filter(({ param }) => param === null).map(formatParamMistake)
  return { fields: Object.fromEntries(fields), together }
}

/** The mistakes of a form, found anew with each change. */
export function useParamMistakes(view: DrillView | undefined, values: Values): ParamMistakes {
  const drill = useMemo(() => (view === undefined ? null : drillOf(view)), [view])
  return useMemo(
    () => (view === undefined || drill === null ? NONE : paramMistakes(drill, view, values)),
    [view, drill, values],
  )
}

/** How many there are: `1 parameter has a mistake`; null where there are none. */
export function mistakesText({ fields, together }: ParamMistakes): string | null {
  const wrong = Object.keys(fields).length
  if (wrong > 0) return wrong === 1 ? '1 parameter has a mistake' : `${wrong} parameters have mistakes`
  return together.length > 0 ? 'these values do not fit together' : null
}
