import { Fragment } from 'react'
import { fullText, instantsIn, minuteText } from '../time/index.ts'
import { Moment } from './moment.tsx'

interface SaidProps {
  readonly text: string
  /** When that began of which the text speaks; only then its times of day have a day. */
  readonly startMs?: number
}

/** A sentence of the controller or an agent, which write instants in UTC: shown in the reader's zone, as every other time. */
export function Said({ text, startMs }: SaidProps) {
  return instantsIn(text, startMs).map(({ at, words, ms, isMinute }) => (
    <Fragment key={at}>
      {ms === null ? words : <Moment ms={ms}>{isMinute ? minuteText(ms) : fullText(ms)}</Moment>}
    </Fragment>
  ))
}
