import { statedAt } from './clock.ts'
import type { RunEvent } from './event.ts'
import type { SourcedFact } from './fact.ts'
import { anomaly } from './list.ts'
import { measure } from './objectives/objectives.ts'
import { reduceAgent } from './reduce-agent.ts'
import { reduceController } from './reduce-controller.ts'
import { settleRestoration } from './restoration.ts'
import type { Run } from './run.ts'
import { markSeen } from './seen.ts'

/** The run that a fact is about; null where it is about its host alone. */
function runIdOf(event: RunEvent): string | null {
  return 'runId' in event ? event.runId : null
}

function take(run: Run, sourced: SourcedFact, ms: number): Run {
  const runId = runIdOf(sourced.fact.event)
  if (runId !== null && run.runId !== null && runId !== run.runId) {
    const hostId = sourced.source === 'agent' ? sourced.hostId : null
    return anomaly(run, `A fact of another run (${runId}): ${sourced.fact.event.type}.`, ms, hostId)
  }
  const mine = { ...run, runId: run.runId ?? runId }
  return sourced.source === 'agent' ? reduceAgent(mine, sourced) : reduceController(mine, sourced.fact.event, ms)
}

/** The latest instant that was reported. An agent is not believed about a time later than its report came in. */
function lastOf(run: Run, sourced: SourcedFact, lowMs: number): number {
  const statedMs = sourced.source === 'agent' ? Math.min(lowMs, sourced.receivedMs) : sourced.fact.at.wallMs
  return run.lastMs === null ? statedMs : Math.max(run.lastMs, statedMs)
}

/** Proved only when every failure was seen on the consumer's path. */
function effectOf(run: Run): Run['effect'] {
  const injects = run.steps.filter((step) => step.kind === 'inject')
  if (injects.length === 0) return 'not applicable'
  return injects.every((step) => step.effect.state === 'seen') ? 'proved' : 'not seen'
}

/**
 * One fact later. Pure and total: the run given is not changed, and no valid fact makes it throw. A fact taken before
 * (same source, start and number) changes nothing. What does not fit is kept among the anomalies. Once a run has ended,
 * facts that come late add what is known about restoration; effect, timings and outcome stay as recorded, except that a
 * passed run does not stay passed when a host turns out not to be back.
 */
export function reduce(run: Run, sourced: SourcedFact): Run {
  const source = sourced.source === 'agent' ? sourced.hostId : 'controller'
  const seen = markSeen(run.seen, source, sourced.fact.epoch, sourced.fact.seq)
  if (seen === null) return run
  const at = statedAt(sourced, run.clocks)
  const ms = sourced.source === 'agent' ? at.lowMs : sourced.fact.at.wallMs
  const taken = take({ ...run, seen, lastMs: lastOf(run, sourced, at.lowMs) }, sourced, ms)
  const settled = settleRestoration(run, taken, ms)
  if (run.outcome !== null) return settled
  const effect = settled.outcome === null ? effectOf(settled) : settled.effect
  const proved = { ...settled, effect }
  return { ...proved, objectives: measure(proved) }
}
