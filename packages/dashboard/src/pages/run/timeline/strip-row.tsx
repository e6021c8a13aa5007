import { formatDuration } from '@chaos-lite/shared'
import { Tooltip } from '@mantine/core'
import type { Sample } from '../../../api/index.ts'
import { bothText } from '../../../time/index.ts'
import type { ProbeStrip, StripPiece, StripStatus } from '../model/strips.ts'
import { placeOf, type Timeline } from '../model/timeline.ts'
import { valueText } from '../model/value-text.ts'
import marks from './marks.module.css'
import classes from './timeline.module.css'

const WORDS: Readonly<Record<StripStatus, string>> = {
  up: 'passing',
  down: 'failing',
  'as before': 'as before',
  'not evaluated': 'could not be checked',
  unwatched: 'not watched',
  changing: 'changed in this time',
  seen: 'failure seen',
  'not seen': 'no failure seen',
}

const ROLE = { steady: 'health check', watch: 'for information', effect: 'confirms' } as const

function sentenceOf({ status, fromMs, toMs, open, message }: StripPiece): string {
  const when = open
    ? `since ${bothText(fromMs)}`
    : `${bothText(fromMs)} to ${bothText(toMs)}, for ${formatDuration(toMs - fromMs)}`
  return `${WORDS[status]}: ${when}${message === null ? '' : `. ${message}`}`
}

interface PieceProps {
  readonly piece: StripPiece
  readonly before: StripPiece | undefined
  readonly after: StripPiece | undefined
  readonly timeline: Timeline
}

function Piece({ piece, before, after, timeline }: PieceProps) {
  if (piece.toMs < timeline.fromMs) return null
  const from = placeOf(timeline, piece.fromMs)
  const to = placeOf(timeline, piece.toMs)
  return (
    <Tooltip label={sentenceOf(piece)} multiline maw={360}>
      <div
        className={marks.piece}
        data-status={piece.status}
        data-open={piece.open}
        {...(piece.status === 'changing' ? { 'data-from': before?.status, 'data-to': after?.status } : {})}
        style={{ insetInlineStart: `${from}%`, width: `max(4px, ${to - from}%)` }}
      >
        {piece.status !== 'changing' && <span className={marks.pieceWord}>{WORDS[piece.status]}</span>}
      </div>
    </Tooltip>
  )
}

/** What one probe saw from one host: green where it passed, striped red where it failed. */
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
        {strip.pieces.map((piece, n) => (
          <Piece
            key={`${piece.status} ${piece.fromMs}`}
            piece={piece}
            before={strip.pieces[n - 1]}
            after={strip.pieces[n + 1]}
            timeline={timeline}
          />
        ))}
      </div>
      <div className={classes.now} data-status={live ? strip.status : 'unwatched'}>
        {live && latest !== null ? valueText(latest.value, latest.tookMs) : ''}
      </div>
    </div>
  )
}
