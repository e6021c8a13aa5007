import type { Plan } from '../plan.ts'

/** The order of rolling back that a drill names for its planned end, as a sentence; null: newest first, as always. */
export function revertOrderText({ revertOrder = [] }: Plan): string | null {
  if (revertOrder.length === 0) return null
  return `At the planned end rolled back in this order: ${revertOrder.join(', ')}. After an abort, a lost lease, a halt or a crash: newest first.`
}
