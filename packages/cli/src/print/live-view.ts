import {
  formatDuration,
  formatMeasured,
  midOf,
  type ObjectiveName,
  type ProbeStatus,
  type Run,
  type RunStep,
} from '@chaos-lite/shared'
import type { Terminal } from '../terminal.ts'
import { awaited } from './people.ts'
import { type StripColumn, stripOf } from './strip.ts'

const STRIP_COLUMNS = 40
const NAME_COLUMNS = 30

/** A run under way as a page that is drawn again and again: steps, probe strips, target times. */
export function liveView(run: Run, nowMs: number, terminal: Terminal): string {
  const startMs = run.plannedMs ?? nowMs
  const toMs = run.endedMs ?? nowMs
  const head = `${run.plan?.title ?? ''}  ${terminal.style('dim', `${run.phase}, ${formatDuration(toMs - startMs)}`)}`
  const lines = [
    terminal.style('bold', head),
    ...run.steps.map((step) => stepLine(step, run, nowMs, terminal)),
    '',
    ...run.probes.map((probe) => {
      const name = `${probe.probeId} on ${hostOf(run, probe.hostId)}`
      const strip = stripOf(probe, startMs, toMs, STRIP_COLUMNS).map((column) => block(column, terminal))
      return `  ${pad(name)} ${strip.join('')} ${word(probe.status, terminal)}`
    }),
    '',
    ...objectiveLines(run, terminal),
    ...awaitedLines(run, terminal),
  ]
  return lines.join('\n')
}

function stepLine(step: RunStep, run: Run, nowMs: number, terminal: Terminal): string {
  const mark =
    step.state === 'waiting'
      ? '·'
      : step.ok === false
        ? terminal.style('red', '✗')
        : step.state === 'ended'
          ? terminal.style('green', '✓')
          : '▸'
  const states = step.hosts.map((host) => `${hostOf(run, host.hostId)}: ${host.state}`).join(', ')
  return `  ${mark} ${pad(step.stepId)} ${elapsedOf(step, run, nowMs)} ${states}`.trimEnd()
}

/** How long a step has taken; of a failure, how long it has been in place, until everything is rolled back. */
function elapsedOf(step: RunStep, run: Run, nowMs: number): string {
  const took = step.startedMs === null ? '' : formatDuration((step.endedMs ?? nowMs) - step.startedMs)
  const planned = run.plan?.steps.find((one) => one.stepId === step.stepId)
  if (planned?.kind !== 'inject') return took
  const atMost = `at most ${formatDuration(planned.holdMs)}`
  const since = step.hosts.flatMap((row) =>
    row.injected !== null && row.revertBegun === null && row.revertEnded === null ? midOf(row.injected) : [],
  )
  if (since.length === 0 || run.outcome !== null) return `${took} (${atMost})`
  return `in place for ${formatDuration(Math.max(0, nowMs - Math.min(...since)))} (${atMost})`
}

function objectiveLines(run: Run, terminal: Terminal): string[] {
  return (Object.keys(run.objectives) as ObjectiveName[]).flatMap((name) => {
    const { measured, withinMs, met } = run.objectives[name]
    if (withinMs === null && measured === null) return []
    const value = measured === null ? 'not measured yet' : formatMeasured(measured)
    const target = withinMs === null ? '' : ` (target ${formatDuration(withinMs)})`
    const verdict = met === null ? '' : met ? terminal.style('green', ' met') : terminal.style('red', ' missed')
    return [`  ${pad(name)} ${value}${target}${verdict}`]
  })
}

function awaitedLines(run: Run, terminal: Terminal): string[] {
  return awaited(run).map(({ text, command }) => terminal.style('yellow', `  ? ${text}  (${command})`))
}

function block(column: StripColumn, terminal: Terminal): string {
  if (column === null) return ' '
  if (column === 'not evaluated') return terminal.style('yellow', '?')
  return column === 'up' ? terminal.style('green', '▄') : terminal.style('red', '█')
}

function word(status: ProbeStatus | null, terminal: Terminal): string {
  if (status === null) return ''
  return terminal.style(status === 'up' ? 'green' : status === 'down' ? 'red' : 'yellow', status)
}

function hostOf(run: Run, hostId: string): string {
  return run.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
}

function pad(text: string): string {
  return text.length > NAME_COLUMNS ? `${text.slice(0, NAME_COLUMNS - 1)}…` : text.padEnd(NAME_COLUMNS)
}
