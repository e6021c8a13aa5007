import type { Run } from '@chaos-lite/shared'
import { PHASES, stageOf } from '../../words/index.ts'
import classes from './run.module.css'

function stateOf(run: Run, index: number): 'done' | 'now' | 'later' {
  const at = PHASES.findIndex((one) => one.phase === stageOf(run))
  if (index === at) return 'now'
  return index < at ? 'done' : 'later'
}

/** How far the run has come; `old`: as far as is known. */
export function PhaseRail({ run, old }: { run: Run; old: boolean }) {
  const hot = run.phase === 'injecting' || run.phase === 'holding'
  return (
    <ol className={classes.rail} data-old={old} aria-label="Phases of the run">
      {PHASES.map(({ phase, label }, n) => {
        const state = stateOf(run, n)
        return (
          <li
            key={phase}
            className={classes.railItem}
            data-state={state}
            data-hot={hot}
            aria-current={state === 'now' ? 'step' : undefined}
          >
            {label}
          </li>
        )
      })}
    </ol>
  )
}
