import {
  formatDuration,
  formatMeasured,
  hasBeenStuck,
  type ObjectiveName,
  type Run,
  summarise,
} from '@chaos-lite/shared'
import type { Terminal } from '../terminal.ts'

/** What a run came to: verdicts, measured times with uncertainty, and one sentence per host. */
export function verdictPage(run: Run, terminal: Terminal): string {
  const { outcome, effect, restoration, reasons } = run
  const colour = outcome === 'passed' ? 'green' : 'red'
  const simulated = run.mode === 'simulated' ? '  (simulated: this is no evidence)' : ''
  return [
    '',
    terminal.style(colour, terminal.style('bold', `${(outcome ?? 'not ended').toUpperCase()}${simulated}`)),
    `  failure confirmed: ${effect}`,
    `  hosts put back:    ${restoration}${hasBeenStuck(run) ? ', was stuck before' : ''}`,
    ...(Object.keys(run.objectives) as ObjectiveName[]).flatMap((name) => {
      const { measured, withinMs, met, atLeast } = run.objectives[name]
      if (measured === null && withinMs === null) return []
      const value = measured === null ? 'not measured' : `${atLeast ? 'at least ' : ''}${formatMeasured(measured)}`
      // Nobody misses a target of a drill that was not begun.
      const cameTo = met === true ? ': met' : outcome === 'skipped' ? '' : ': missed'
      const target = withinMs === null ? '' : `, target ${formatDuration(withinMs)}${cameTo}`
      return [`  ${`${name}:`.padEnd(18)} ${value}${target}`]
    }),
    ...summarise(run).map(({ sentence }) => `  ${sentence}`),
    ...reasons.map((reason) => `  - ${reason}`),
  ].join('\n')
}
