import type { HostId } from '../../primitives.ts'
import { formatDuration } from '../../timing/index.ts'
import type { AgentEvent } from '../event.ts'
import { describeCompared } from '../not-compared.ts'
import type { Run } from '../run.ts'
import { failureWords } from './failure-words.ts'

type RecordEvent = Extract<AgentEvent, { recordId: string }>
type ProbeEvent = Extract<AgentEvent, { probeId: string }>

const STATUS = { up: 'is passing', down: 'is failing', 'not evaluated': 'could not be checked' } as const

const RESTORED = {
  identical: 'rolled back, identical',
  'ours undone': "our part rolled back, somebody else's change kept",
  unknown: 'NOT KNOWN whether it is rolled back',
  stuck: 'NOT ROLLED BACK, a person must act',
} as const

function failureOf(run: Run, event: RecordEvent, hostId: HostId): string {
  const planned = run.plan?.steps.find((step) => step.stepId === event.stepId)
  return planned?.kind === 'inject' ? failureWords(planned, hostId) : event.action
}

function describeRecord(event: RecordEvent, run: Run, hostId: HostId): string {
  const failure = failureOf(run, event, hostId)
  switch (event.type) {
    case 'inject.armed':
      return `original saved and safety timer set (${event.action})`
    case 'inject.begun':
      return `starting the failure (${event.action})`
    case 'inject.injected':
      return `failure started: ${failure}`
    case 'inject.failed':
      return `the failure could not be started (${event.action}): ${event.reason}`
    case 'effect.lost':
      return `the failure did not last (${failure}): ${event.reason}`
    case 'revert.begun':
      return `rolling back (${failure}): ${event.cause}`
    case 'revert.ended': {
      const items = `${event.compared.length} ${event.compared.length === 1 ? 'item' : 'items'} compared`
      return `${RESTORED[event.restoration]} (${failure}), ${items}`
    }
  }
}

function describeProbe(event: ProbeEvent): string {
  if (event.type === 'probe.ended') {
    return `${event.probeId} no longer watched; ${event.samples} samples: ${event.down} failed, ${event.notEvaluated} could not run`
  }
  return `${event.probeId} ${STATUS[event.status]}${event.message === null ? '' : `: ${event.message}`}`
}

/** What an agent reports, without the name of its host. */
export function describeAgent(event: AgentEvent, run: Run, hostId: HostId): string {
  switch (event.type) {
    case 'agent.started': {
      const originals = event.openRecords === 1 ? '1 undo record' : `${event.openRecords} undo records`
      const journal = event.journal === 'readable' ? `${originals} open` : 'its journal CANNOT BE READ'
      return `agent ${event.version} started, ${journal}`
    }
    case 'refused':
      return `refused ${event.command}: ${event.reason} (${event.rule})`
    case 'lease.lost':
      return 'lease from the controller lost'
    case 'probe.changed':
    case 'probe.ended':
      return describeProbe(event)
    case 'exercise.phase':
      return `${event.phase} took ${formatDuration(event.tookMs)}`
    case 'exercise.ended': {
      const { ok, totalMs, reason } = event
      if (!ok) return `restore failed after ${formatDuration(totalMs)}${reason === null ? '' : `: ${reason}`}`
      return `restored in ${formatDuration(totalMs)}, ${describeCompared(event)}`
    }
    default:
      return describeRecord(event, run, hostId)
  }
}
