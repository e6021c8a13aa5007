import { formatDuration } from '@chaos-lite/shared'
import { Tooltip } from '@mantine/core'
import type { Sample } from '../../../api/live/run-feed.ts'
import { timeText } from '../../../components/moment.tsx'
import type { ProbeStrip, StripPiece, StripStatus } from '../model/strips.ts'
import { placeOf, type Timeline } from '../model/timeline.ts'
import { valueText } from '../model/value-text.ts'
import classes from './timeline.module.css'

const WORDS: Readonly<Record<StripStatus, string>> = {
  up: 'works',
  down: 'does not work',
  'not evaluated': 'could not be checked',
  unwatched: 'not watched',
  seen: 'failure seen',
  'not seen': 'no failure seen',
}

const ROLE = { steady: 'must work', watch: 'also watched', effect: 'confirms' } as const

function sentenceOf({ status, fromMs, toMs, open, message }: StripPiece): string {
  const when = open
    ? `since ${timeText(fromMs)}`
    : `${timeText(fromMs)} to ${timeText(toMs)}, ${formatDuration(toMs - fromMs)}`
  return `${WORDS[status]}: ${when}${message === null ? '' : `. ${message}`}`
}

function Piece({ piece, timeline }: { piece: StripPiece; timeline: Timeline }) {
  if (piece.toMs < timeline.fromMs) return null
  const from = placeOf(timeline, piece.fromMs)
  const to = placeOf(timeline, piece.toMs)
  const wide = to - from > 14
  return (
    <Tooltip label={sentenceOf(piece)} multiline maw={360}>
      <div
        className={classes.piece}
        data-status={piece.status}
        data-open={piece.open}
        style={{ insetInlineStart: `${from}%`, width: `max(2px, ${to - from}%)` }}
      >
        {wide && <span className={classes.pieceWord}>{WORDS[piece.status]}</span>}
      </div>
    </Tooltip>
  )
}

/** What one probe saw from one host: green where it worked, striped red where not. */
export function StripRow({
  strip,
  timeline,
  latest,
}: {
  strip: ProbeStrip
  timeline: Timeline
  latest: Sample | null
}) {
  const spoken = `${strip.probeId}: ${strip.pieces.map(sentenceOf).join('; ') || 'nothing seen yet'}`
  const live = strip.pieces.at(-1)?.open === true
  return (
    <div className={classes.row}>
      <div className={classes.rowName}>
        {strip.probeId}
        <span className={classes.role}>{ROLE[strip.role]}</span>
      </div>
      <div className={classes.track} role="img" aria-label={spoken}>
        {strip.pieces.map((piece) => (
          <Piece key={`${piece.status} ${piece.fromMs}`} piece={piece} timeline={timeline} />
        ))}
      </div>
      <div className={classes.now} data-status={live ? strip.status : 'unwatched'}>
        {live && latest !== null ? valueText(latest.value, latest.tookMs) : ''}
      </div>
    </div>
  )
}
