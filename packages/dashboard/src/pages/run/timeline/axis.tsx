import { timeText } from '../../../components/times.ts'
import { placeOf, type Timeline, ticksOf } from '../model/timeline.ts'
import classes from './timeline.module.css'

/** The times of the picture, in the reader's zone. */
export function TimelineAxis({ timeline, most }: { timeline: Timeline; most: number }) {
  return (
    <div className={classes.axis} aria-hidden>
      {ticksOf(timeline, most).map((ms) => (
        <span key={ms} className={classes.tick} style={{ insetInlineStart: `${placeOf(timeline, ms)}%` }}>
          {timeText(ms)}
        </span>
      ))}
    </div>
  )
}
