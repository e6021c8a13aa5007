import { Phase } from './event.ts'

/** The phases in which something may be, or may have been, changed on a host. */
const ORDER: readonly Phase[] = Phase.options

/** Where an abort, a lost host or a refusal may jump to from any earlier phase. */
const JUMPS: ReadonlySet<Phase> = new Set(['reverting', 'verifying', 'ended'])

/**
 * May a run go from one phase to another? Forward one step at a time; or straight to rolling back, verifying or the
 * end. Never backward, and never twice into the same phase.
 */
export function canEnter(from: Phase, to: Phase): boolean {
  const distance = ORDER.indexOf(to) - ORDER.indexOf(from)
  return distance === 1 || (distance > 1 && JUMPS.has(to))
}
