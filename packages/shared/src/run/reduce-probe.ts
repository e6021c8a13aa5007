import { hostMoment, statedAt } from './clock.ts'
import type { AgentEvent } from './event.ts'
import type { SourcedFact } from './fact.ts'
import type { Moment } from './moment.ts'
import type { Run, RunProbe, Transition } from './run.ts'

type AgentSourced = Extract<SourcedFact, { source: 'agent' }>
type Changed = Extract<AgentEvent, { type: 'probe.changed' }>
type Ended = Extract<AgentEvent, { type: 'probe.ended' }>

const MAX_TRANSITIONS = 1000

function change(run: Run, probeId: string, hostId: string, how: (probe: RunProbe) => RunProbe): Run | null {
  const index = run.probes.findIndex((one) => one.probeId === probeId && one.hostId === hostId)
  const probe = run.probes[index]
  return probe === undefined ? null : { ...run, probes: run.probes.with(index, how(probe)) }
}

/**
 * When the change was. The first sample of a probe that had run before (its agent was started anew) shows only that the
 * change lies somewhere after the last one known.
 */
function changedAt(probe: RunProbe, event: Changed, run: Run, sourced: AgentSourced): Moment {
  const { lastOtherMonoMs, firstSeenMonoMs } = event
  if (lastOtherMonoMs !== null) return hostMoment(sourced, run.clocks, lastOtherMonoMs, firstSeenMonoMs)
  const seen = hostMoment(sourced, run.clocks, firstSeenMonoMs)
  const last = probe.transitions.at(-1)
  if (last === undefined) return seen
  const unwatchedMs = Math.max(0, seen.lowMs - last.at.highMs)
  return hostMoment(sourced, run.clocks, firstSeenMonoMs - unwatchedMs, firstSeenMonoMs)
}

function withTransition(probe: RunProbe, event: Changed, run: Run, sourced: AgentSourced): RunProbe {
  const { status, value, message } = event
  const restarted = event.lastOtherMonoMs === null && probe.transitions.length > 0
  if (restarted && probe.status === status) return probe
  if (probe.transitions.length >= MAX_TRANSITIONS) return { ...probe, status, dropped: probe.dropped + 1 }
  const transition: Transition = { status, at: changedAt(probe, event, run, sourced), value, message, restarted }
  return { ...probe, status, transitions: [...probe.transitions, transition] }
}

/** A probe changed its mind. Null when the plan has no such probe on that host. */
export function takeProbe(run: Run, event: Changed, sourced: AgentSourced): Run | null {
  return change(run, event.probeId, sourced.hostId, (probe) => withTransition(probe, event, run, sourced))
}

/** A probe has stopped; counts of several starts of its agent add up. */
export function takeProbeEnd(run: Run, event: Ended, sourced: AgentSourced): Run | null {
  const { samples, up, down, notEvaluated } = event
  return change(run, event.probeId, sourced.hostId, (probe) => {
    const old = probe.counts ?? { samples: 0, up: 0, down: 0, notEvaluated: 0 }
    const counts = {
      samples: added(old.samples, samples),
      up: added(old.up, up),
      down: added(old.down, down),
      notEvaluated: added(old.notEvaluated, notEvaluated),
    }
    return { ...probe, counts, endedAt: statedAt(sourced, run.clocks), status: event.lastStatus ?? probe.status }
  })
}

function added(one: number, other: number): number {
  return Math.min(one + other, Number.MAX_SAFE_INTEGER) + 0
}
