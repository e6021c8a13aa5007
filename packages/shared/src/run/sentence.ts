import { utcMinuteText, utcText } from '../instant-text.ts'
import type { HostId } from '../primitives.ts'
import { formatDuration } from '../timing/index.ts'
import { midOf } from './clock.ts'
import type { Moment } from './moment.ts'
import { describeCompared } from './not-compared.ts'
import { wasStuck } from './restoration.ts'
import { wasTouched } from './rows.ts'
import type { Run, RunHost } from './run.ts'
import type { RunStep, StepHost } from './run-step.ts'
import { failureWords } from './say/failure-words.ts'
import type { SayOptions } from './say/say-options.ts'

export { describeEvent } from './say/describe-event.ts'
export type { SayOptions } from './say/say-options.ts'

/** One host of a run in one sentence. */
export interface HostSentence {
  readonly hostId: HostId
  readonly sentence: string
}

function when(moment: Moment, { minute = utcMinuteText }: SayOptions): string {
  const about = moment.clock === 'not measured' || moment.clock === 'contradicted' ? 'about ' : ''
  return about + minute(midOf(moment))
}

function compared({ compared, kept }: StepHost): string {
  const different = compared.filter((one) => !one.same).length
  const items = compared.length === 1 ? '1 item' : `${compared.length} items`
  const keeps =
    kept.length === 0 ? '' : `, ${kept.length === 1 ? '1 change' : `${kept.length} changes`} of somebody else kept`
  return `${items} compared${different === 0 ? '' : `, ${different} not as before`}${keeps}`
}

const DAY_MS = 24 * 3_600_000

/** A repair may come days later: then the time of day alone would say little. */
function whenBack({ stuck }: StepHost, ended: Moment, options: SayOptions): string {
  const at = when(ended, options)
  if (stuck === undefined || midOf(ended) - midOf(stuck.at) < DAY_MS / 2) return at
  const { instant = utcText } = options
  return instant(midOf(ended))
}

/** It was not restored at once: that is part of how it came back. */
function before(row: StepHost, options: SayOptions): string {
  if (row.stuck === undefined || !wasStuck(row)) return ''
  return `${row.stuck.was === 'stuck' ? 'stuck' : 'not known to be back'} ${when(row.stuck.at, options)}, then `
}

/** Who brought it back in the end, as far as the host says. */
function by(row: StepHost): string {
  if (!wasStuck(row) || row.again === undefined) return ''
  if (row.again === 'by hand') return ' by hand, by a person on the host,'
  if (row.again === 'tried again') return ' when the agent tried again,'
  if (row.again === 'recovery') return ' when the agent was started again,'
  return ` by the agent (${row.again})`
}

/** How it came back. Only what was proved is called identical, and only what is back is called rolled back. */
function ending(row: StepHost, ended: boolean, options: SayOptions): string {
  const at = row.revertEnded === null ? '' : ` ${whenBack(row, row.revertEnded, options)}`
  switch (row.restoration) {
    case 'identical':
      return `${before(row, options)}rolled back${by(row)}${at}, ${compared(row)}, identical`
    case 'ours undone':
      return `${before(row, options)}our part rolled back${by(row)}${at}, ${compared(row)}`
    case 'unknown':
      return `NOT KNOWN whether it is rolled back (last tried${at}), ${compared(row)}`
    case 'stuck':
      return `NOT ROLLED BACK, a person must act${row.byHand === null ? '' : `: ${row.byHand.replaceAll(/\s+/g, ' ').trim()}`}`
    case 'pending':
      if (row.revertBegun !== null)
        return ended ? 'rolling back was started, its end was not reported' : 'being rolled back'
      return ended ? 'not reported yet whether it was rolled back' : 'not rolled back yet'
    case 'not applicable':
      return 'nothing was changed'
  }
}

function injectPart(run: Run, step: RunStep, row: StepHost, options: SayOptions): string | null {
  const planned = run.plan?.steps.find((one) => one.stepId === step.stepId)
  if (planned?.kind !== 'inject') return null
  const ended = run.phase === 'ended'
  const words = failureWords(planned, row.hostId)
  const began = row.injected ?? row.begun
  if (began !== null) {
    const failed = row.injected === null && row.failure !== null ? ' (failed half-way)' : ''
    return `${words} ${when(began, options)}${failed}, ${ending(row, ended, options)}`
  }
  if (row.restoration !== 'not applicable') {
    return wasTouched(row) || row.revertEnded !== null
      ? `${planned.action} was prepared, ${ending(row, ended, options)}`
      : `${planned.action} was ordered, ${row.failure === null ? 'the host has not answered' : 'what came of it is not known'}`
  }
  if (row.order === 'refused') return `${planned.action} refused, nothing was changed`
  return row.failure === null ? null : `${planned.action} failed, nothing was changed`
}

function exercisePart(row: StepHost): string | null {
  if (row.exercise === null) return row.order === 'none' ? null : 'restore not finished'
  const { ok, totalMs } = row.exercise
  const result = ok ? `restored in ${formatDuration(totalMs)}` : `restore failed after ${formatDuration(totalMs)}`
  return `${result}, ${describeCompared(row.exercise)}`
}

/** A host on which nothing was done: what was watched from it. */
function watchedPart(run: Run, host: RunHost): string {
  const probes = run.probes.filter((probe) => probe.hostId === host.hostId)
  if (probes.length === 0) return 'nothing was changed'
  const fell = probes.filter((probe) => probe.transitions.some((one) => one.status === 'down'))
  if (fell.length === 0) return 'watched only, nothing was seen down'
  return `watched only, saw down: ${fell.map((probe) => probe.probeId).join(', ')}`
}

function sentenceOfHost(run: Run, host: RunHost, options: SayOptions): string {
  const parts = run.steps.flatMap((step) =>
    step.hosts.flatMap((row) => {
      if (row.hostId !== host.hostId) return []
      return (step.kind === 'exercise' ? exercisePart(row) : injectPart(run, step, row, options)) ?? []
    }),
  )
  return `${host.name}: ${parts.length > 0 ? parts.join('; ') : watchedPart(run, host)}`
}

/** One sentence per host that a manager understands: "SRV-04: nginx stopped 14:03 UTC, rolled back 14:05 UTC, 9 items compared, identical". */
export function summarise(run: Run, options: SayOptions = {}): readonly HostSentence[] {
  return run.hosts.map((host) => ({ hostId: host.hostId, sentence: sentenceOfHost(run, host, options) }))
}
