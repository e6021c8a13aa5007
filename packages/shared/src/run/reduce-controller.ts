import type { ControllerEvent } from './event.ts'
import { anomaly, append, replaceFirst } from './list.ts'
import { withPlan } from './plan-run.ts'
import { clockMeasured } from './reduce-clock.ts'
import { takeAnswer, takeEffect, takeStep } from './reduce-method.ts'
import { takeAlert, takeQuestion } from './reduce-people.ts'
import type { Run } from './run.ts'
import { canEnter } from './state.ts'
import { withBaseline } from './steady-state.ts'

/** Facts that still say something once a run has ended; the rest would rewrite what was recorded. */
const AFTER_THE_END: ReadonlySet<ControllerEvent['type']> = new Set([
  'clock.measured',
  'command.answered',
  'observation.noted',
  'host.online',
  'host.offline',
  'controller.restarted',
])

type Of<T extends ControllerEvent['type']> = Extract<ControllerEvent, { type: T }>

function enterPhase(run: Run, phase: Run['phase'], ms: number): Run {
  if (phase === run.phase) return run
  if (!canEnter(run.phase, phase)) return anomaly(run, `A run cannot go from ${run.phase} to ${phase}.`, ms)
  const from = run.phase === 'baseline' ? withBaseline(run) : run
  return append({ ...from, phase }, 'phases', { phase, ms })
}

function plan(run: Run, event: Of<'run.planned'>, ms: number): Run {
  if (run.plan !== null) return anomaly(run, 'The run was planned a second time; the first plan holds.', ms)
  return withPlan(run, event.plan, event.requestedBy, ms)
}

function approve(run: Run, event: Of<'run.approved'>, ms: number): Run {
  const { by, digest } = event
  const next = append(run, 'approvals', { by, digest, ms })
  const fits = run.plan === null || run.plan.digest === digest
  const noted = fits ? next : anomaly(next, `${by} approved another plan than this one.`, ms)
  return canEnter(run.phase, 'approved') ? enterPhase(noted, 'approved', ms) : noted
}

function setLink(run: Run, event: Of<'host.online' | 'host.offline'>, ms: number): Run {
  const online = event.type === 'host.online'
  const hosts = replaceFirst(
    run.hosts,
    (host) => host.hostId === event.hostId,
    (host) => ({ ...host, online, sinceMs: ms }),
  )
  if (hosts !== run.hosts) return { ...run, hosts }
  return anomaly(run, `A host that the plan does not have came or went (${event.type}).`, ms, event.hostId)
}

function end(run: Run, event: Of<'run.ended'>, ms: number): Run {
  const { outcome, effect, reasons } = event
  const there = enterPhase(run, 'ended', ms)
  return { ...there, outcome, effect, reasons, endedMs: ms }
}

/** What a fact of the controller changes. */
export function reduceController(run: Run, event: ControllerEvent, ms: number): Run {
  if (run.outcome !== null && !AFTER_THE_END.has(event.type)) {
    if (event.type === 'phase.entered' && event.phase === 'ended') return run
    return anomaly(run, `Came after the run had ended, and changes nothing: ${event.type}.`, ms)
  }
  switch (event.type) {
    case 'run.planned':
      return plan(run, event, ms)
    case 'run.slot': {
      const { clientId, scheduleId, schedule, slotMs, drill, title } = event
      if (run.slot !== null) return anomaly(run, 'The run was given a second slot; the first one holds.', ms)
      return { ...run, slot: { clientId, scheduleId, schedule, slotMs, drill, title }, plannedMs: run.plannedMs ?? ms }
    }
    case 'run.approved':
      return approve(run, event, ms)
    case 'phase.entered':
      return enterPhase(run, event.phase, ms)
    case 'clock.measured':
      return clockMeasured(run, event, ms)
    case 'command.answered':
      return takeAnswer(run, event, ms)
    case 'step.started':
    case 'step.ended':
      return takeStep(run, event, ms)
    case 'effect.seen':
    case 'effect.missed':
      return takeEffect(run, event, ms)
    case 'alert.awaited':
    case 'alert.received':
      return takeAlert(run, event, ms)
    case 'question.asked':
    case 'question.answered':
      return takeQuestion(run, event, ms)
    case 'observation.noted':
      return append(run, 'observations', { by: event.by, note: event.note, ms })
    case 'abort.requested':
      return append(run, 'aborts', { by: event.by, cause: event.cause, reason: event.reason, ms })
    case 'host.offline':
    case 'host.online':
      return setLink(run, event, ms)
    case 'controller.restarted':
      return append(run, 'restarts', ms)
    case 'run.ended':
      return end(run, event, ms)
  }
}
