import { ChaosError, type Drill, fillParams, formatParamMistake, type Params, resolveDrill } from '@chaos-lite/shared'

/** A slot of the timetable is taken up to this long after its time: two that are closer cannot both be answered in time. */
const LEAST_MS = 5 * 60_000

/** The parameters of a drill, checked, with its defaults. @throws ChaosError `param-invalid` with each one that is wrong */
export function checkedParams(drill: Drill, given: Readonly<Record<string, unknown>>): Params {
  const filled = fillParams(drill, given)
  if (filled.ok) return filled.values
  const items = filled.mistakes.map((mistake) => ({
    where: mistake.param ?? 'parameters',
    message: formatParamMistake(mistake),
    rule: null,
  }))
  throw new ChaosError('param-invalid', `The drill ${drill.drill} cannot be planned with these parameters.`, { items })
}

/** How long a run may surely be under way, as the drill is written: its longest step; never less than some minutes. */
export function lastsAtMostMs(drill: Drill, params: Readonly<Record<string, unknown>>): number {
  const { steps } = resolveDrill(drill, checkedParams(drill, params))
  const each = steps.map((step) => {
    if (step.kind === 'inject') return step.holdMs
    return step.kind === 'wait' ? step.forMs : step.withinMs
  })
  return Math.max(LEAST_MS, ...each)
}
