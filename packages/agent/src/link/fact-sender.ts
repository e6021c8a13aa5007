import { type AgentFrame, type Cursor, encode, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import type { Outbox, OutboxReader, PendingFact } from '../outbox/index.ts'

export interface FactSenderOptions {
  readonly outbox: Outbox
  readonly send: (frame: AgentFrame) => void
  /** Bytes that wait for the network. */
  readonly bufferedBytes: () => number
  /** Other frames must not wait long behind facts now. */
  readonly hurried: () => boolean
  /** Reading the outbox failed, or an acknowledgement was false. */
  readonly onError: (error: unknown, what: 'read' | 'ack') => void
  /** Nothing is sent before: where the controller stands is taken up first. */
  readonly begin?: Promise<unknown>
}

/** So many facts may be on their way without an acknowledgement. */
const MOST_UNACKNOWLEDGED = 2_000
/** And so many bytes: a controller keeps them in memory until they are stored. */
const MOST_UNACKNOWLEDGED_BYTES = 8 * 1024 * 1024
/** And not more than these while a lease is asked for beside them: on a slow line it would come too late. */
const MOST_IN_A_HURRY_BYTES = 128 * 1024
const MOST_BUFFERED_BYTES = 1024 * 1024
/** Room for the frame around the lines. */
const FRAME_BYTES = MAX_FRAME_BYTES - 1024
const LOOK_EVERY_MS = 1_000

/**
 * Sends what waits in the outbox, from the acknowledged cursor on, in order. New facts of this process are sent at
 * once; those of others (the failsafe's revert) are looked for every second.
 */
export class FactSender implements Disposable {
  readonly #options: FactSenderOptions
  readonly #sent = new Map<string, number>()
  readonly #acked = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  readonly #unsubscribe: () => void
  /** Portions that were sent, oldest first, with their bytes. */
  #portions: { readonly epoch: string; readonly seq: number; readonly bytes: number }[] = []
  #reader: OutboxReader | null = null
  #pumping = false
  #again = false
  #stopped = false
  #acks: Promise<void> = Promise.resolve()

  constructor(options: FactSenderOptions) {
    this.#options = options
    this.#unsubscribe = options.outbox.onReported(() => this.#pump())
    this.#timer = setInterval(() => this.#pump(), LOOK_EVERY_MS)
    this.#pump()
  }

  /** The controller has stored everything up to there. */
  acknowledged(cursor: Cursor): void {
    this.#acked.set(cursor.epoch, Math.max(cursor.seq, this.#acked.get(cursor.epoch) ?? -1))
    this.#portions = this.#portions.filter(({ epoch, seq }) => epoch !== cursor.epoch || seq > cursor.seq)
    this.#acks = this.#acks
      .then(() => this.#options.outbox.acknowledge(cursor))
      .then(() => this.#pump())
      .catch((error: unknown) => this.#options.onError(error, 'ack'))
  }

  [Symbol.dispose](): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#unsubscribe()
  }

  #pump(): void {
    this.#again = true
    if (this.#pumping || this.#stopped) return
    this.#pumping = true
    this.#work()
      .catch((error: unknown) => {
        if (!this.#stopped) this.#options.onError(error, 'read')
      })
      .finally(() => {
        this.#pumping = false
      })
  }

  async #work(): Promise<void> {
    await this.#options.begin
    this.#reader ??= await this.#options.outbox.reader()
    while (this.#again && !this.#stopped) {
      this.#again = false
      while (await this.#sendSome(this.#reader));
    }
    this.#pumping = false
  }

  async #sendSome(reader: OutboxReader): Promise<boolean> {
    const room = MOST_UNACKNOWLEDGED - this.underway
    const mostBytes = this.#options.hurried() ? MOST_IN_A_HURRY_BYTES : MOST_UNACKNOWLEDGED_BYTES
    if (room <= 0 || this.#underwayBytes() > mostBytes) return false
    if (this.#options.bufferedBytes() > MOST_BUFFERED_BYTES) return false
    const facts = await reader.read({ facts: Math.min(room, 500), bytes: FRAME_BYTES / 2 })
    if (facts.length === 0 || this.#stopped) return false
    for (const lines of framesOf(facts)) this.#options.send({ type: 'facts', lines })
    const last = facts.at(-1)
    const bytes = facts.reduce((sum, { line }) => sum + line.length, 0)
    if (last) this.#portions.push({ epoch: last.epoch, seq: last.seq, bytes })
    if (last) this.#sent.set(last.epoch, last.seq)
    const first = facts[0]
    if (first && !this.#acked.has(first.epoch)) this.#acked.set(first.epoch, first.seq - 1)
    return true
  }

  /** Facts that were sent and are not acknowledged yet. */
  get underway(): number {
    let facts = 0
    for (const [epoch, seq] of this.#sent) facts += Math.max(0, seq - (this.#acked.get(epoch) ?? -1))
    return facts
  }

  #underwayBytes(): number {
    return this.#portions.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

/** Lines in groups that each fit into one frame, where every line is a JSON string once more. */
export function framesOf(facts: readonly PendingFact[]): string[][] {
  const frames: string[][] = []
  let room = 0
  for (const { line } of facts) {
    const bytes = Buffer.byteLength(encode([line]))
    if (bytes > room || (frames.at(-1)?.length ?? 0) >= 500) {
      frames.push([])
      room = FRAME_BYTES
    }
    frames.at(-1)?.push(line)
    room -= bytes
  }
  return frames
}
