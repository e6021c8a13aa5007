/** A piece of a sentence: words, or an instant. */
export interface Piece {
  /** Where it begins in the sentence. */
  readonly at: number
  readonly words: string
  /** Milliseconds since 1970 in UTC; null: the words are no instant. */
  readonly ms: number | null
}

/** As `utcText` of the shared package writes them. */
const INSTANT = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g

/** Takes a sentence apart into words and the instants that it names in UTC, in order; together they are the sentence. */
export function instantsIn(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: words, index } of text.matchAll(INSTANT)) {
    const ms = Date.parse(words.replace(' UTC', 'Z').replace(' ', 'T'))
    if (Number.isNaN(ms)) continue
    if (index > from) pieces.push({ at: from, words: text.slice(from, index), ms: null })
    pieces.push({ at: index, words, ms })
    from = index + words.length
  }
  return from < text.length ? [...pieces, { at: from, words: text.slice(from), ms: null }] : pieces
}
