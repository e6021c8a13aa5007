import {
  formatDuration,
  formatMeasured,
  hasBeenStuck,
  instantText,
  minuteOfDayText,
  type ObjectiveName,
  type Run,
  summarise,
} from '@chaos-lite/shared'
import type { Terminal } from '../terminal.ts'
import { awaited } from './people.ts'
import { byHandLines, recordLine } from './run-end.ts'

/**
 * What a run came to: verdicts, measured times with uncertainty, one sentence per host, what a person must do, and where
 * the record is. `url` is the address of the controller, where it is known. A run under way is shown as it stands.
 */
export function verdictPage(run: Run, terminal: Terminal, url: string | null = null): string {
  const { outcome, effect, restoration, reasons, runId } = run
  const colour = outcome === 'passed' ? 'green' : outcome === null ? 'yellow' : 'red'
  const simulated = run.mode === 'simulated' ? '  (simulated: this is no evidence)' : ''
  const word = outcome ?? `under way: ${run.phase}`
  return [
    '',
    terminal.style(colour, terminal.style('bold', `${word.toUpperCase()}${simulated}`)),
    `  impact confirmed:  ${effect}`,
    `  hosts rolled back: ${restoration}${hasBeenStuck(run) ? ', was stuck before' : ''}`,
    ...objectiveLines(run),
    ...summarise(run, { minute: minuteOfDayText, instant: instantText }).map(({ sentence }) => `  ${sentence}`),
    ...reasons.map((reason) => `  - ${reason}`),
    ...run.late.map(({ note }) => `  - ${note}`),
    ...byHandLines(run).map((text) => terminal.style('red', text)),
    ...awaited(run).map(({ text, command }) => terminal.style('yellow', `  ? ${text}  (${command})`)),
    ...(runId === null ? [] : outcome === null ? [`  Follow it: chaos-lite run watch ${runId}`] : []),
    ...(runId === null ? [] : [recordLine(runId, url)]),
  ].join('\n')
}

function objectiveLines({ objectives, outcome }: Run): string[] {
  return (Object.keys(objectives) as ObjectiveName[]).flatMap((name) => {
    const { measured, withinMs, met, atLeast } = objectives[name]
    if (measured === null && withinMs === null) return []
    const value = measured === null ? 'not measured' : `${atLeast ? 'at least ' : ''}${formatMeasured(measured)}`
    // Nobody misses a target of a drill that was not begun, or that is still under way.
    const isOpen = outcome === 'skipped' || (met === null && outcome === null)
    const judged = met === true ? ': met' : isOpen ? '' : ': missed'
    const target = withinMs === null ? '' : `, target ${formatDuration(withinMs)}${judged}`
    return [`  ${`${name}:`.padEnd(18)} ${value}${target}`]
  })
}
