import { describeEvent, midOf, type Run, type RunEvent, type SourcedFact, statedAt } from '@chaos-lite/shared'
import { alertReply, questionReply } from './replies.ts'

/**
 * What a row of the log is about, as its colour shows: `held` a failure in place, `back` a rollback, `people`
 * somebody's word.
 */
export type LogTone = 'plain' | 'good' | 'bad' | 'held' | 'back' | 'people'

/** One fact of a run as a sentence. `ms` is UTC of the controller. */
export interface LogRow {
  readonly key: string
  readonly ms: number
  readonly text: string
  readonly tone: LogTone
  /** Of interest to whoever looks closely only. */
  readonly minor: boolean
}

function toneOf(event: RunEvent): LogTone {
  switch (event.type) {
    case 'probe.changed':
      return event.status === 'up' ? 'good' : event.status === 'down' ? 'bad' : 'plain'
    case 'revert.ended':
      return event.restoration === 'identical' || event.restoration === 'ours undone' ? 'good' : 'bad'
    case 'run.ended':
      return event.outcome === 'passed' ? 'good' : 'bad'
    case 'step.ended':
    case 'command.answered':
    case 'exercise.ended':
      return event.ok ? 'plain' : 'bad'
    case 'inject.injected':
    case 'effect.seen':
      return 'held'
    case 'revert.begun':
      return 'back'
    case 'question.asked':
    case 'question.answered':
    case 'alert.awaited':
    case 'alert.received':
    case 'observation.noted':
      return 'people'
    case 'refused':
    case 'inject.failed':
    case 'effect.lost':
    case 'effect.missed':
    case 'abort.requested':
    case 'host.offline':
    case 'lease.lost':
    case 'controller.restarted':
      return 'bad'
    default:
      return 'plain'
  }
}

/** What came from people too late, or otherwise than expected, is as bad here as on its card. */
function toneOfReply(run: Run, event: RunEvent, ms: number): LogTone {
  if (event.type === 'alert.received') {
    const alert = run.alerts.find((one) => one.stepId === event.stepId)
    return alert && alertReply(run, alert, ms).tone === 'bad' ? 'bad' : 'people'
  }
  if (event.type === 'question.answered') {
    const question = run.questions.find((one) => one.stepId === event.stepId)
    return question && questionReply(run, question, ms).tone === 'bad' ? 'bad' : 'people'
  }
  return toneOf(event)
}

const MINOR: ReadonlySet<RunEvent['type']> = new Set([
  'clock.measured',
  'inject.armed',
  'inject.begun',
  'step.started',
  'probe.ended',
  'host.online',
  'agent.started',
  'exercise.phase',
])

/** A probe that is there only to confirm a failure: its changes are reported by the confirmation. */
function onlyConfirms(run: Run, event: RunEvent): boolean {
  if (event.type !== 'probe.changed') return false
  return run.probes.some((probe) => probe.probeId === event.probeId && probe.role === 'effect')
}

function isMinor(event: RunEvent): boolean {
  if (event.type === 'command.answered' || event.type === 'step.ended') return event.ok
  return MINOR.has(event.type)
}

/** Every fact of a run as a plain sentence at its time, oldest first. */
export function logOf(run: Run, facts: readonly SourcedFact[]): LogRow[] {
  return facts
    .map((sourced): LogRow => {
      const { epoch, seq, event } = sourced.fact
      return {
        key: `${epoch} ${seq}`,
        ms: midOf(statedAt(sourced, run.clocks)),
        text: describeEvent(sourced, run),
        tone: onlyConfirms(run, event) ? 'plain' : toneOfReply(run, event, midOf(statedAt(sourced, run.clocks))),
        minor: isMinor(event) || onlyConfirms(run, event),
      }
    })
    .sort((a, b) => a.ms - b.ms)
}
