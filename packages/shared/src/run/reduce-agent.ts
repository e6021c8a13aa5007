import { hostMoment, statedAt } from './clock.ts'
import type { AgentEvent } from './event.ts'
import type { SourcedFact } from './fact.ts'
import { anomaly, append, replaceFirst } from './list.ts'
import { takeProbe, takeProbeEnd } from './reduce-probe.ts'
import { isRestored } from './restoration.ts'
import { changeRow } from './rows.ts'
import type { Run, RunHost } from './run.ts'
import type { StepHost } from './run-step.ts'

type AgentSourced = Extract<SourcedFact, { source: 'agent' }>
type RecordEvent = Extract<AgentEvent, { recordId: string }>
type ExerciseEvent = Extract<AgentEvent, { type: 'exercise.phase' | 'exercise.ended' }>

/** What one report about a record changes in its row. */
function rowAfter(row: StepHost, event: RecordEvent, run: Run, sourced: AgentSourced): StepHost {
  const stated = statedAt(sourced, run.clocks)
  const read = (one: number, other = one) => hostMoment(sourced, run.clocks, one, other)
  const known = { ...row, action: event.action }
  switch (event.type) {
    case 'inject.armed':
      return { ...known, armed: row.armed ?? stated, revertByWallMs: event.revertByWallMs }
    case 'inject.begun':
      return { ...known, begun: row.begun ?? stated }
    case 'inject.injected':
      return { ...known, injected: row.injected ?? read(event.beganMonoMs, event.endedMonoMs) }
    case 'inject.failed':
      return { ...known, failure: event.reason, begun: row.begun ?? stated }
    case 'effect.lost':
      return { ...known, effectLost: event.reason }
    case 'revert.begun':
      return {
        ...known,
        revertBegun: row.revertBegun ?? read(event.monoMs),
        cause: row.cause ?? event.cause,
        ...(row.stuck === undefined ? {} : { again: event.cause }),
      }
    case 'revert.ended': {
      const { restoration, compared, kept, byHand } = event
      // Told once more, after a crash between the deed and the word: the first word is the better one.
      if (row.revertEnded !== null && row.restoration === restoration && isRestored(restoration)) return known
      const at = read(event.monoMs)
      const stuck = row.stuck ?? (isRestored(restoration) ? undefined : { was: restoration, at })
      const ended = { ...known, revertEnded: at, restoration, compared, kept, byHand }
      return stuck === undefined ? ended : { ...ended, stuck }
    }
  }
}

function takeRecord(run: Run, event: RecordEvent, sourced: AgentSourced): Run {
  const { stepId, recordId } = event
  const next = changeRow(run, stepId, sourced.hostId, recordId, (row) => rowAfter(row, event, run, sourced))
  return next ?? misfit(run, event, sourced)
}

function takeExercise(run: Run, event: ExerciseEvent, sourced: AgentSourced): Run {
  const rows = run.steps.find(({ stepId }) => stepId === event.stepId)?.hosts ?? []
  const hasEnded = rows.some(({ hostId, exercise }) => hostId === sourced.hostId && exercise !== null)
  if (hasEnded && event.type === 'exercise.ended') {
    const text = `The end of the exercise ${event.stepId} was reported again. The first one counts.`
    return anomaly(run, text, statedAt(sourced, run.clocks).lowMs, sourced.hostId)
  }
  const next = changeRow(run, event.stepId, sourced.hostId, null, (row) => {
    if (event.type === 'exercise.phase') {
      const { phase, tookMs } = event
      return { ...row, phases: row.phases.length < 32 ? [...row.phases, { phase, tookMs }] : row.phases }
    }
    const { type: _type, runId: _runId, stepId: _stepId, ...exercise } = event
    return { ...row, exercise }
  })
  return next ?? misfit(run, event, sourced)
}

type Refusal = Run['refusals'][number]

function isSame(one: Refusal, other: Refusal): boolean {
  return (['hostId', 'stepId', 'command', 'code'] as const).every((key) => one[key] === other[key])
}

function takeRefusal(run: Run, event: Extract<AgentEvent, { type: 'refused' }>, sourced: AgentSourced): Run {
  const { stepId, command, code, rule, reason } = event
  const { hostId } = sourced
  const ms = statedAt(sourced, run.clocks).lowMs
  const refusal = { hostId, stepId, command, code, rule, reason, ms }
  // The answer may have come first: the agent's own word knows the rule.
  const refusals = replaceFirst(
    run.refusals,
    (one) => one.rule === null && isSame(one, refusal),
    () => refusal,
  )
  const kept = refusals === run.refusals ? append(run, 'refusals', refusal) : { ...run, refusals }
  if (stepId === null || (command !== 'inject' && command !== 'exercise')) return kept
  const next = changeRow(kept, stepId, hostId, null, (row) => ({
    ...row,
    order: 'refused',
    failure: row.failure ?? reason,
  }))
  return next ?? misfit(kept, event, sourced)
}

function takeHost(run: Run, event: AgentEvent, sourced: AgentSourced, change: (host: RunHost) => RunHost): Run {
  const hosts = replaceFirst(run.hosts, (host) => host.hostId === sourced.hostId, change)
  return hosts === run.hosts ? misfit(run, event, sourced) : { ...run, hosts }
}

/** A report about something that the plan does not have. */
function misfit(run: Run, event: AgentEvent, sourced: AgentSourced): Run {
  const about = 'stepId' in event ? `step ${event.stepId}` : 'probeId' in event ? `probe ${event.probeId}` : 'this host'
  const text = `A report (${event.type}) about ${about}, which the plan does not have on that host.`
  return anomaly(run, text, statedAt(sourced, run.clocks).lowMs, sourced.hostId)
}

/** What an agent's report changes. */
export function reduceAgent(run: Run, sourced: AgentSourced): Run {
  const { event } = sourced.fact
  switch (event.type) {
    case 'agent.started':
      return takeHost(run, event, sourced, (host) => ({ ...host, agentStarts: host.agentStarts + 1 }))
    case 'lease.lost': {
      const at = statedAt(sourced, run.clocks)
      return takeHost(run, event, sourced, (host) => ({ ...host, leaseLost: host.leaseLost ?? at }))
    }
    case 'refused':
      return takeRefusal(run, event, sourced)
    case 'probe.changed':
      return takeProbe(run, event, sourced) ?? misfit(run, event, sourced)
    case 'probe.ended':
      return takeProbeEnd(run, event, sourced) ?? misfit(run, event, sourced)
    case 'exercise.phase':
    case 'exercise.ended':
      return takeExercise(run, event, sourced)
    default:
      return takeRecord(run, event, sourced)
  }
}
