import { Tooltip } from '@mantine/core'
import { dateText, timeText, utcText } from '../time/index.ts'

/** An instant in the reader's zone; UTC shows when it is pointed at. */
export function Moment({ ms, precise = false }: { ms: number; precise?: boolean }) {
  return (
    <Tooltip label={utcText(ms)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={new Date(ms).toISOString()} className="numbers">
        {precise ? timeText(ms) : dateText(ms)}
      </time>
    </Tooltip>
  )
}
