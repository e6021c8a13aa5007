import { timeText } from '../../../components/moment.tsx'
import { placeOf, type Timeline, ticksOf } from '../model/timeline.ts'
import classes from './timeline.module.css'

/** The times of the picture, in the reader's zone. */
export function TimelineAxis({ timeline, most }: { timeline: Timeline; most: number }) {
  return (
    <div className={classes.axis} aria-hidden>
      {ticksOf(timeline, most).map((ms) => {
        const place = placeOf(timeline, ms)
        return (
          <span key={ms} className={classes.tick} data-edge={place > 90} style={{ insetInlineStart: `${place}%` }}>
            {timeText(ms)}
          </span>
        )
      })}
    </div>
  )
}
