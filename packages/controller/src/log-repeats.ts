import { ChaosError } from '@chaos-lite/shared'

const EVERY_MS = 60_000
/** Kinds of lines that are distinguished; there are far fewer. */
const MOST_KINDS = 200

/**
 * While the database cannot be written, every host, request and run says so again and again, and fills what is left of
 * the disk. One line a minute of each kind is kept, with the number of those that were left out before it.
 */
export class LogRepeats {
  readonly #nowMs: () => number
  readonly #kinds = new Map<string, { sinceMs: number; leftOut: number }>()

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs
  }

  /** How many lines of this kind were left out before this one; null: leave this one out too. */
  admit(about: unknown, message: unknown): number | null {
    const error = typeof about === 'object' && about !== null && 'err' in about ? about.err : null
    if (!(error instanceof ChaosError) || error.code !== 'storage-full') return 0
    // Numbers differ from line to line, and runs and hosts are not part of the message.
    const kind = String(message).replace(/\d+/g, '')
    const known = this.#kinds.get(kind)
    const nowMs = this.#nowMs()
    if (known !== undefined && nowMs - known.sinceMs < EVERY_MS) {
      known.leftOut += 1
      return null
    }
    if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear()
    this.#kinds.set(kind, { sinceMs: nowMs, leftOut: 0 })
    return known?.leftOut ?? 0
  }
}
