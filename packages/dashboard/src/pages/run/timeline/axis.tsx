import { useElementSize } from '@mantine/hooks'
import { timeText } from '../../../time/index.ts'
import { type AxisLabel, axisLabels } from '../model/axis.ts'
import type { Timeline } from '../model/timeline.ts'
import classes from './timeline.module.css'

function Tick({ label: { text, percent, side } }: { label: AxisLabel }) {
  const place = side === 'after' ? { insetInlineStart: `${percent}%` } : { insetInlineEnd: `${100 - percent}%` }
  return (
    <span className={classes.tick} data-side={side} style={place}>
      {text}
    </span>
  )
}

/** The times of the picture, in the reader's zone. */
export function TimelineAxis({ timeline }: { timeline: Timeline }) {
  const { ref, width } = useElementSize()
  return (
    <div ref={ref} className={classes.axis} aria-hidden>
      {axisLabels(timeline, width, timeText).map((label) => (
        <Tick key={label.ms} label={label} />
      ))}
    </div>
  )
}
