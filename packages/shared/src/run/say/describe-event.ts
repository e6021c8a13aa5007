import type { SourcedFact } from '../fact.ts'
import type { Run } from '../run.ts'
import { hostName } from '../steady-state.ts'
import { describeAgent } from './describe-agent.ts'
import { describeController } from './describe-controller.ts'

/** One plain line for a timeline: what this fact says, in the words of the screens. Agents' lines begin with the host. */
export function describeEvent(sourced: SourcedFact, run: Run): string {
  if (sourced.source === 'controller') return describeController(sourced.fact.event, run)
  return `${hostName(run, sourced.hostId)}: ${describeAgent(sourced.fact.event, run, sourced.hostId)}`
}
