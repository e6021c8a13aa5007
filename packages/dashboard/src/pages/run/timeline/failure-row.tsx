import { formatDuration } from '@chaos-lite/shared'
import { Tooltip } from '@mantine/core'
import { bothText } from '../../../time/index.ts'
import { RESTORATION } from '../../../words/index.ts'
import type { FailureLane, FailureStretch } from '../model/failures.ts'
import { placeOf, type Timeline } from '../model/timeline.ts'
import marks from './marks.module.css'
import classes from './timeline.module.css'

const WORDS: Readonly<Record<FailureStretch['stage'], string>> = {
  starting: 'Starting the failure',
  'in place': 'In place, not confirmed yet',
  confirmed: 'In place and confirmed',
  'putting back': 'Rolling back',
  left: 'NOT rolled back',
}

function sentenceOf({ stage, fromMs, toMs, open }: FailureStretch): string {
  const until = open ? 'since' : `${formatDuration(toMs - fromMs)} from`
  return `${WORDS[stage]}, ${until} ${bothText(fromMs)}`
}

function spoken({ words, stretches, back }: FailureLane): string {
  if (stretches.length === 0) return `${words}: not started`
  const ended = back === null ? '' : `; ${RESTORATION[back.restoration].label} ${bothText(back.atMs)}`
  return `${words}: ${stretches.map(sentenceOf).join('; ')}${ended}`
}

/** The span of one failure on one host, from the first touch until the host is back. */
export function FailureRow({ lane, timeline }: { lane: FailureLane; timeline: Timeline }) {
  return (
    <div className={classes.row}>
      <div className={classes.rowName} data-kind="failure">
        {lane.words}
      </div>
      <div className={classes.track} data-kind="failure" role="img" aria-label={spoken(lane)}>
        {lane.stretches.map((stretch) => {
          const from = placeOf(timeline, stretch.fromMs)
          const to = placeOf(timeline, stretch.toMs)
          return (
            <Tooltip key={`${stretch.stage} ${stretch.fromMs}`} label={sentenceOf(stretch)}>
              <div
                className={marks.stretch}
                data-stage={stretch.stage}
                data-open={stretch.open}
                style={{ insetInlineStart: `${from}%`, width: `max(3px, ${to - from}%)` }}
              />
            </Tooltip>
          )
        })}
        {lane.back !== null && lane.back.atMs >= timeline.fromMs && (
          <Tooltip label={`${RESTORATION[lane.back.restoration].label}, ${bothText(lane.back.atMs)}`}>
            <div className={marks.back} style={{ insetInlineStart: `${placeOf(timeline, lane.back.atMs)}%` }}>
              ✓
            </div>
          </Tooltip>
        )}
        {lane.stretches.length === 0 && <span className={classes.notYet}>not started</span>}
      </div>
    </div>
  )
}
