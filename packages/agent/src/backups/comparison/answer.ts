import type { NotCompared } from '@chaos-lite/shared'
import { oneLine } from '../../text/index.ts'
import { type ComparisonAnswer, MOST_DIFFERENCES } from '../answers.ts'
import type { DataComparison } from '../drivers/driver.ts'

/** Bounded: a folder of a million differences is described by its first ones and by their number. */
export function answerOf(found: DataComparison, liveExists: boolean): ComparisonAnswer {
  const { items, byBytes, newestMs, canary, how } = found
  const differences = found.differences.slice(0, MOST_DIFFERENCES).map((text) => oneLine(text, 512))
  const counted = { differences, differenceCount: found.differences.length, notCompared: [...notComparedOf(found)] }
  return { items, byBytes, newestMs, canary, how, ...counted, liveExists }
}

/** Databases are compared by their rows, and by nothing else. */
function notComparedOf({ notCompared, changedSince }: DataComparison): readonly NotCompared[] {
  if (notCompared !== undefined) return notCompared
  const rows: NotCompared[] = changedSince === 0 ? [] : [{ what: 'rows', count: changedSince }]
  return [...rows, { what: 'schema', count: null }]
}
