import { type OpenFile, open } from '../small-files/index.ts'
import { SEGMENT_BYTES, segmentsOf } from './epoch-folder.ts'
import { digestOf, readLine } from './fact-line.ts'

/** A fact on disk: the exact bytes, as text without the line end. */
export interface PendingFact {
  readonly epoch: string
  readonly seq: number
  readonly line: string
}

/** A line that is not as it was written. What could not be read stays where it is, is not sent, and is reported to people. */
export interface BrokenLine {
  readonly epoch: string
  readonly segment: string
  /** Where the line begins in its segment, in bytes. */
  readonly offset: number
  readonly reason: string
  /** The bytes found, base64; null where the line was readable and has been sent all the same. */
  readonly bytes: string | null
}

/** Which facts of one epoch are read, and what is done about lines that are not as they were written. */
export interface EpochReaderOptions {
  readonly epoch: string
  readonly folder: string
  /** Facts up to this one are skipped: they were acknowledged. -1: none. */
  readonly after: number
  readonly onBroken: (line: BrokenLine) => void
  /** Somebody may be writing at this moment: a line that looks broken is read again before it is called so. */
  readonly living?: boolean
  /** Where earlier segments of this epoch were put when they were acknowledged; they are read as well. */
  readonly keptFolder?: string
}

/** How often a line of a living epoch is read again. */
const PATIENCE = 5
const USUAL_BYTES = 64 * 1024

/**
 * Reads one epoch from its beginning on, and goes on where it stopped when more was written. Zeros, a line without its
 * end, and an empty file are the end of what was written so far: that is how a power cut leaves them.
 */
export class EpochReader {
  readonly #options: EpochReaderOptions
  #segment = 0
  #offset = 0
  /** Where the reading before ended: no progress means that the segment has no more lines. */
  #readTo = -1
  #path: string | null = null
  #patience: number
  #seq = -1
  #prev: string | null = null
  /** The last fact that was handed out. */
  lastSeq: number

  constructor(options: EpochReaderOptions) {
    this.#options = options
    this.#patience = options.living ? PATIENCE : 1
    this.lastSeq = options.after
  }

  /** Of these, the next ones, had otherwise: those that fit, which are not handed out again. */
  take(facts: readonly PendingFact[], limits: { readonly facts: number; readonly bytes: number }): PendingFact[] {
    const fitting: PendingFact[] = []
    let room = limits.bytes
    for (const fact of facts.slice(0, limits.facts)) {
      if (room <= 0) break
      room -= fact.line.length
      fitting.push(fact)
    }
    this.lastSeq = fitting.at(-1)?.seq ?? this.lastSeq
    return fitting
  }

  /** The next facts, none beyond `upTo`; empty when there are none now. */
  async read(limits: {
    readonly facts: number
    readonly bytes: number
    readonly upTo?: number
  }): Promise<PendingFact[]> {
    const found: PendingFact[] = []
    const upTo = limits.upTo ?? Number.POSITIVE_INFINITY
    let room = limits.bytes
    while (found.length < limits.facts && room > 0 && this.lastSeq < upTo) {
      const { taken, blocked } = this.#take(await this.#rest(), found, { facts: limits.facts, room, upTo })
      room -= taken
      if (blocked || (taken === 0 && this.#offset === this.#readTo && !(await this.#advance()))) break
      this.#readTo = this.#offset
    }
    return found
  }

  /** Takes whole lines from `bytes`. `blocked`: the next line may not be handed out now, or not with these. */
  #take(
    bytes: Buffer,
    found: PendingFact[],
    limits: { facts: number; room: number; upTo: number },
  ): { taken: number; blocked: boolean } {
    let start = 0
    let taken = 0
    while (found.length < limits.facts && taken < limits.room && this.lastSeq < limits.upTo) {
      const end = bytes.indexOf(0x0a, start)
      if (end < 0) break
      const raw = bytes.subarray(start, end)
      const read = this.#understand(raw)
      // A break of the chain begins a new portion, because within one the chain must be whole.
      if (found.length > 0 && (read === null || !this.#follows(read))) return { taken, blocked: true }
      if (read === null && !this.#givesUp(raw)) return { taken, blocked: true }
      if (read !== null) this.#note(read, raw)
      this.#offset += end + 1 - start
      start = end + 1
      if (read === null) continue
      if (read.seq <= this.lastSeq) continue
      this.lastSeq = read.seq
      taken += read.line.length
      found.push(read)
    }
    return { taken, blocked: false }
  }

  #understand(raw: Buffer): (PendingFact & { readonly prev: string | null }) | null {
    const line = raw.toString('utf8')
    const fact = readLine(line)
    if (fact?.epoch === this.#options.epoch) {
      return { epoch: fact.epoch, seq: fact.seq, line, prev: fact.prev }
    }
    return null
  }

  /** Whether a line is not waited for any longer. It is reported and passed over: the controller notes that one is missing. */
  #givesUp(raw: Buffer): boolean {
    this.#patience -= 1
    if (this.#patience > 0) return false
    this.#report('not a fact', raw.toString('base64'))
    this.#patience = this.#options.living ? PATIENCE : 1
    this.#seq = -1
    return true
  }

  /** Follows the chain of digests. A break is reported, and the line sent all the same: the controller judges it. */
  #note(read: { readonly seq: number; readonly prev: string | null }, raw: Buffer): void {
    if (!this.#follows(read)) this.#report('does not follow the line before it', null)
    this.#seq = read.seq
    this.#prev = digestOf(raw)
    this.#patience = this.#options.living ? PATIENCE : 1
  }

  #follows(read: { readonly seq: number; readonly prev: string | null }): boolean {
    return this.#seq < 0 || (read.seq === this.#seq + 1 && read.prev === this.#prev)
  }

  #report(reason: string, bytes: string | null): void {
    this.#options.onBroken({
      epoch: this.#options.epoch,
      segment: this.#path ?? '',
      offset: this.#offset,
      reason,
      bytes,
    })
  }

  /** What has not been read of the present segment, up to its first zero. */
  async #rest(): Promise<Buffer> {
    if (this.#path === null && !(await this.#advance())) return Buffer.alloc(0)
    const handle = await open(this.#path ?? '', 'r').catch((error: NodeJS.ErrnoException): OpenFile | null => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (!handle) return Buffer.alloc(0)
    try {
      const left = SEGMENT_BYTES - Math.min(this.#offset, SEGMENT_BYTES)
      // Mostly little is new; a long line is read whole at the second attempt.
      for (const size of [Math.min(left, USUAL_BYTES), left]) {
        const buffer = Buffer.alloc(size)
        const { bytesRead } = await handle.read(buffer, 0, size, this.#offset)
        const end = lastLineEnd(buffer.subarray(0, bytesRead))
        if (end > 0 || size === left) return buffer.subarray(0, end)
      }
      return Buffer.alloc(0)
    } finally {
      await handle.close()
    }
  }

  /** Moves to the next segment. It exists only once the present one is full. */
  async #advance(): Promise<boolean> {
    const { folder, keptFolder } = this.#options
    const kept = keptFolder === undefined ? [] : await segmentsOf(keptFolder)
    const next = [...kept, ...(await segmentsOf(folder))]
      .sort((a, b) => a.index - b.index)
      .find(({ index }) => index > this.#segment)
    if (!next) return false
    this.#segment = next.index
    this.#path = next.path
    this.#offset = 0
    this.#readTo = -1
    return true
  }
}

/** Where whole lines end: zeros inside them are kept (they are a broken line), zeros after them are not. */
function lastLineEnd(bytes: Buffer): number {
  return bytes.lastIndexOf(0x0a) + 1
}
