import { useElementSize } from '@mantine/hooks'
import { bareTimeText, timeText, zoneText } from '../../../time/index.ts'
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

/** The times of the picture, in the reader's zone, which the head of the panel names; each names it where it changes meanwhile. */
export function TimelineAxis({ timeline }: { timeline: Timeline }) {
  const { ref, width } = useElementSize()
  const steady = zoneText(timeline.fromMs) === zoneText(timeline.toMs)
  return (
    <div ref={ref} className={classes.axis} data-zone={steady} aria-hidden>
      {axisLabels(timeline, width, steady ? bareTimeText : timeText).map((label) => (
        <Tick key={label.ms} label={label} />
      ))}
    </div>
  )
}
