import type { HostId } from '../primitives.ts'
import type { ControllerEvent } from './event.ts'
import { anomaly, append } from './list.ts'
import { changeRow, changeRowsOf, changeStep, wasTouched } from './rows.ts'
import type { Run } from './run.ts'
import type { RunStep, StepEffect, StepHost } from './run-step.ts'

type Of<T extends ControllerEvent['type']> = Extract<ControllerEvent, { type: T }>

function unknownStep(run: Run, event: { type: string; stepId: string }, ms: number): Run {
  return anomaly(run, `The plan has no step ${event.stepId} (${event.type}).`, ms)
}

function started(step: RunStep, ms: number): RunStep {
  const hosts = step.hosts.map((row): StepHost => (row.order === 'none' ? { ...row, order: 'given' } : row))
  return { ...step, hosts, state: step.state === 'ended' ? 'ended' : 'started', startedMs: step.startedMs ?? ms }
}

/** A step of the method begins or ends. The first end holds. */
export function takeStep(run: Run, event: Of<'step.started' | 'step.ended'>, ms: number): Run {
  const next = changeStep(run, event.stepId, (step) => {
    if (event.type === 'step.started') return started(step, ms)
    if (step.state === 'ended') return step
    return { ...step, state: 'ended', ok: event.ok, reason: event.reason, endedMs: ms }
  })
  return next ?? unknownStep(run, event, ms)
}

function together(one: readonly HostId[], other: readonly HostId[]): HostId[] {
  return [...new Set([...one, ...other])].slice(0, 1000)
}

/** A miss stays a miss until every host that missed it has seen it. */
function effectAfter(effect: StepEffect, event: Of<'effect.seen' | 'effect.missed'>, ms: number): StepEffect {
  if (event.type === 'effect.missed') {
    const missedOn = together(effect.missedOn, event.hostIds)
    return { ...effect, state: 'missed', probeId: event.probeId, missedOn, reason: event.reason }
  }
  const seenOn = together(effect.seenOn, event.hostIds)
  const missedOn = effect.missedOn.filter((hostId) => !event.hostIds.includes(hostId))
  const stillMissed = effect.state === 'missed' && (missedOn.length > 0 || effect.missedOn.length === 0)
  return {
    state: stillMissed ? 'missed' : 'seen',
    probeId: event.probeId,
    seenOn,
    missedOn,
    seenMs: effect.seenMs ?? ms,
    reason: stillMissed ? effect.reason : null,
  }
}

/** The failure was, or was not, seen on the consumer's path. */
export function takeEffect(run: Run, event: Of<'effect.seen' | 'effect.missed'>, ms: number): Run {
  const step = run.steps.find((one) => one.stepId === event.stepId)
  if (step?.kind !== 'inject') return unknownStep(run, event, ms)
  return changeStep(run, event.stepId, (one) => ({ ...one, effect: effectAfter(one.effect, event, ms) })) ?? run
}

function withRefusal(run: Run, event: Of<'command.answered'>, ms: number): Run {
  const { hostId, stepId, command, code } = event
  const known = run.refusals.some(
    (one) => one.hostId === hostId && one.stepId === stepId && one.command === command && one.code === code,
  )
  const reason = event.reason ?? 'No reason was given.'
  return known ? run : append(run, 'refusals', { hostId, stepId, command, code, rule: null, reason, ms })
}

/** What is known of an order after the answer. An inject that was not carried out is refused only by the host's own fact. */
function orderAfter(row: StepHost, ok: boolean, command: string): StepHost['order'] {
  if (ok) return 'accepted'
  return command === 'exercise' || row.order === 'refused' ? 'refused' : 'given'
}

/**
 * A host answered a command. A host that closes the run without having accepted or begun an inject was never changed by
 * it: whatever it has to report, it reported before.
 */
export function takeAnswer(run: Run, event: Of<'command.answered'>, ms: number): Run {
  const { hostId, stepId, command, ok, reason } = event
  const next = ok ? run : withRefusal(run, event, ms)
  if (ok && command === 'run.close') {
    return changeRowsOf(next, hostId, (row) =>
      row.order === 'given' && !wasTouched(row) ? { ...row, order: row.failure === null ? 'none' : 'refused' } : row,
    )
  }
  if (stepId === null || (command !== 'inject' && command !== 'exercise')) return next
  const changed = changeRow(next, stepId, hostId, null, (row) => ({
    ...row,
    order: orderAfter(row, ok, command),
    failure: ok ? row.failure : (row.failure ?? reason),
  }))
  return (
    changed ?? anomaly(next, `An answer about step ${stepId}, which the plan does not have on that host.`, ms, hostId)
  )
}
