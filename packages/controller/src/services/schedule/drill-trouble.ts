import type { DrillView } from '@chaos-lite/shared/api'

/** Why nothing can come of a date for this drill as it lies in the folder now, and the way out; null: nothing is wrong with it. */
export function drillTrouble(view: (name: string) => Pick<DrillView, 'mistakes'>, name: string): string | null {
  const mistakes = mistakesOf(view, name)
  if (mistakes === null)
    return `There is no drill "${name}" any more; each date is recorded as skipped. Restore its file in the folder of drills, or remove this schedule.`
  const [first, ...more] = mistakes
  if (first === undefined) return null
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  return `The drill "${name}" has mistakes; each date is recorded as skipped. Correct its file: ${first}${others}`
}

function mistakesOf(view: (name: string) => Pick<DrillView, 'mistakes'>, name: string): readonly string[] | null {
  try {
    return view(name).mistakes
  } catch {
    return null
  }
}
