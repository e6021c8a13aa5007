import { Fragment } from 'react'
import { fullText, instantsIn } from '../time/index.ts'
import { Moment } from './moment.tsx'

/** A sentence of the controller or an agent, which write instants in UTC: shown in the reader's zone, as every other time. */
export function Said({ text }: { text: string }) {
  return instantsIn(text).map(({ at, words, ms }) => (
    <Fragment key={at}>{ms === null ? words : <Moment ms={ms}>{fullText(ms)}</Moment>}</Fragment>
  ))
}
