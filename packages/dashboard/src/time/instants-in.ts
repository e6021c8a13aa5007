/** A piece of a sentence: words, or an instant. */
export interface Piece {
  /** Where it begins in the sentence. */
  readonly at: number
  readonly words: string
  /** Milliseconds since 1970 in UTC; null: the words are no instant. */
  readonly ms: number | null
  /** Is it written to the minute, without its day? */
  readonly isMinute: boolean
}

/** As `utcText` and `utcMinuteText` of the shared package write them. */
const INSTANT = /(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|(?<![\d:])\d\d:\d\d) UTC/g
const DAY_MS = 86_400_000
/** A host's clock may be behind the controller's. */
const EARLIER_MS = 3_600_000

/**
 * Takes a sentence apart into words and the instants that it names in UTC, in order; together they are the sentence. Times
 * of day are instants only where `startMs` says when that began of which the sentence speaks.
 */
export function instantsIn(text: string, startMs?: number): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  const words = (to: number) => ({ at: from, words: text.slice(from, to), ms: null, isMinute: false })
  for (const { 0: found, index } of text.matchAll(INSTANT)) {
    const isMinute = found.length < 10
    const ms = isMinute ? minuteAfter(found, startMs) : Date.parse(found.replace(' UTC', 'Z').replace(' ', 'T'))
    if (Number.isNaN(ms)) continue
    if (index > from) pieces.push(words(index))
    pieces.push({ at: index, words: found, ms, isMinute })
    from = index + found.length
  }
  return from < text.length ? [...pieces, words(text.length)] : pieces
}

/** The first such time of day since then. */
function minuteAfter(text: string, startMs = Number.NaN): number {
  const sinceMs = startMs - EARLIER_MS
  const [hour = 0, minute = 0] = text.slice(0, 5).split(':').map(Number)
  if (hour > 23 || minute > 59) return Number.NaN
  const sameDayMs = Math.floor(sinceMs / DAY_MS) * DAY_MS + (hour * 60 + minute) * 60_000
  return sameDayMs < sinceMs ? sameDayMs + DAY_MS : sameDayMs
}
