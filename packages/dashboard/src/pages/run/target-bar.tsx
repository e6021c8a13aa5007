import type { TargetState, TargetView } from './model/targets.ts'
import classes from './target-bar.module.css'

const percent = (part: number) => `${(part * 100).toFixed(2)}%`

/** A value on its way to a mark, with a whisker for its uncertainty. The text beside it says the same. */
export function TargetBar({ bar, state }: { bar: NonNullable<TargetView['bar']>; state: TargetState }) {
  return (
    <div className={classes.bar} data-state={state} aria-hidden>
      <div className={classes.value} style={{ width: percent(bar.value) }} />
      {bar.high > bar.low && (
        <div
          className={classes.whisker}
          style={{ insetInlineStart: percent(bar.low), width: `max(2px, ${percent(bar.high - bar.low)})` }}
        />
      )}
      <div className={classes.target} style={{ insetInlineStart: percent(bar.target) }} />
    </div>
  )
}
