import type { ReactNode } from 'react'
import { dateText, fullText, inZone, isoText, timeText, utcText } from '../time/index.ts'
import { Hinted } from './hinted.tsx'

interface MomentProps {
  readonly ms: number
  /** The time of day with seconds, where the day is known. */
  readonly precise?: boolean
  /** The zone of a schedule, whose name stands beside it. */
  readonly zone?: string
  /** Words that say when it was, such as `3 min ago`. */
  readonly children?: ReactNode
}

/** An instant in the reader's zone; UTC shows when it is pointed at, pressed or focused. */
export function Moment({ ms, precise = false, zone, children }: MomentProps) {
  const own = zone !== undefined || children !== undefined
  const text = zone !== undefined ? inZone(ms, zone) : precise ? timeText(ms) : dateText(ms)
  const hints = own && fullText(ms) !== utcText(ms) ? [fullText(ms), utcText(ms)] : [utcText(ms)]
  return (
    <Hinted hint={hints.join(' · ')} dateTime={isoText(ms)}>
      {children ?? text}
    </Hinted>
  )
}
