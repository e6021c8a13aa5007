import { utcText } from '../../instant-text.ts'
import { formatDuration } from '../../timing/index.ts'
import type { ControllerEvent } from '../event.ts'
import type { Run } from '../run.ts'
import { hostName } from '../steady-state.ts'
import { failureWords } from './failure-words.ts'
import { PHASE_WORDS } from './phase-words.ts'

type Of<T extends ControllerEvent['type']> = Extract<ControllerEvent, { type: T }>
type PeopleEvent = Of<'alert.awaited' | 'alert.received' | 'question.asked' | 'question.answered' | 'observation.noted'>
type MethodEvent = Of<'step.started' | 'step.ended' | 'effect.seen' | 'effect.missed' | 'command.answered'>

function stepWords(run: Run, stepId: string): string {
  const step = run.plan?.steps.find((one) => one.stepId === stepId)
  switch (step?.kind) {
    case 'inject':
      return `failure ${stepId} (${failureWords(step)})`
    case 'exercise':
      return `exercise ${stepId} (${step.exercise})`
    case 'ask':
      return `question ${stepId}`
    case 'alert':
      return `expected alert ${stepId}`
    case 'wait':
      return `waiting ${formatDuration(step.forMs)}`
    default:
      return `step ${stepId}`
  }
}

function names(run: Run, hostIds: readonly string[]): string {
  return hostIds.length === 0 ? '' : ` on ${hostIds.map((hostId) => hostName(run, hostId)).join(', ')}`
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`
}

function describeMethod(event: MethodEvent, run: Run): string {
  switch (event.type) {
    case 'step.started':
      return `Begun: ${stepWords(run, event.stepId)}`
    case 'step.ended':
      return `${event.ok ? 'Done' : 'Failed'}: ${stepWords(run, event.stepId)}${because(event.reason)}`
    case 'effect.seen':
      return `Impact confirmed by ${event.probeId}${names(run, event.hostIds)}: ${stepWords(run, event.stepId)}`
    case 'effect.missed':
      return `Failure NOT confirmed by ${event.probeId}${names(run, event.hostIds)}: ${event.reason}`
    case 'command.answered': {
      const did = event.ok ? 'accepted' : 'refused'
      return `${hostName(run, event.hostId)} ${did} ${event.command}${because(event.reason)}`
    }
  }
}

function describePeople(event: PeopleEvent, run: Run): string {
  switch (event.type) {
    case 'alert.awaited':
      return `Waiting for the alert: ${run.alerts.find((one) => one.stepId === event.stepId)?.text ?? event.stepId}`
    case 'alert.received':
      return `Alert received from ${event.by}${event.via === 'person' ? ' (acknowledged by hand)' : ''}`
    case 'question.asked':
      return `Question to ${event.of}: ${event.text}`
    case 'question.answered':
      return `${event.by} answered “${event.answer}”${because(event.note)}`
    case 'observation.noted':
      return `Observation by ${event.by}: ${event.note}`
  }
}

/** What the controller recorded. */
export function describeController(event: ControllerEvent, run: Run): string {
  switch (event.type) {
    case 'run.planned':
      return `Planned by ${event.requestedBy}: ${event.plan.title}`
    case 'run.slot':
      return `For the schedule ${event.schedule}, slot ${utcText(event.slotMs)}`
    case 'run.approved':
      return `Approved by ${event.by}`
    case 'phase.entered':
      return PHASE_WORDS[event.phase].doing
    case 'clock.measured':
      return `Clock of ${hostName(run, event.hostId)} measured, good to ± ${formatDuration(event.boundMs)}`
    case 'abort.requested':
      return `Stop requested by ${event.by} (${event.cause}): ${event.reason}`
    case 'host.offline':
      return `${hostName(run, event.hostId)} lost its link`
    case 'host.online':
      return `${hostName(run, event.hostId)} has its link`
    case 'controller.restarted':
      return 'The controller was restarted'
    case 'run.ended': {
      const effect = { proved: 'confirmed', 'not seen': 'NOT confirmed', 'not applicable': 'not applicable' }[
        event.effect
      ]
      return `Ended: ${event.outcome}; impact ${effect}; hosts: ${event.restoration}${because(event.reasons[0] ?? null)}`
    }
    case 'alert.awaited':
    case 'alert.received':
    case 'question.asked':
    case 'question.answered':
    case 'observation.noted':
      return describePeople(event, run)
    default:
      return describeMethod(event, run)
  }
}
