import { Readable } from 'node:stream'
import { turn } from '../turn.ts'

/** What is written out and sent at once: a few milliseconds' work. */
const PIECE_CHARS = 64 * 1024

/**
 * A value as JSON, written out piece by piece and no faster than it is taken, everybody else having their turn in between:
 * for answers that may be long. Without undefined values in lists: they have no place in JSON.
 */
export function longJson(value: unknown): Readable {
  return Readable.from(gathered(value), { objectMode: false })
}

async function* gathered(value: unknown): AsyncGenerator<string> {
  let piece = ''
  for (const part of parts(value)) {
    piece += part
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
    await turn()
  }
  if (piece !== '') yield piece
}

function* parts(value: unknown): Generator<string> {
  if (Array.isArray(value)) {
    let before = '['
    for (const item of value) {
      yield before
      yield* parts(item)
      before = ','
    }
    yield before === '[' ? '[]' : ']'
  } else if (typeof value === 'object' && value !== null) {
    let before = '{'
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue
      yield `${before}${JSON.stringify(key)}:`
      yield* parts(item)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  } else yield JSON.stringify(value) ?? 'null'
}
