import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentFrame, backOffMs, type Cursor, encode, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import { FalseAcknowledgement, type Outbox, type OutboxReader, type PendingFact } from '../outbox/index.ts'

/** How facts get from the outbox to the controller without delaying leases and answers on a slow line. */
export interface FactSenderOptions {
  readonly outbox: Outbox
  readonly send: (frame: AgentFrame) => void
  /** Bytes that wait for the network. */
  readonly bufferedBytes: () => number
  /** Other frames must not wait long behind facts now. */
  readonly hurried: () => boolean
  /** The controller has acknowledged what was never written. */
  readonly onFalse: (error: FalseAcknowledgement) => void
  /** The outbox of this host failed; it is tried again. Nobody else's fault, and no reason to close the link. */
  readonly onTrouble: (error: unknown, what: OutboxWork) => void
  /** Done before anything is sent: where the controller stands is taken up first. */
  readonly begin?: () => Promise<unknown>
  /** For tests. */
  readonly retryMs?: number
}

/** Which access to the outbox failed. */
export type OutboxWork = 'read' | 'acknowledge'

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
/** After trouble with the outbox the next attempt waits so long, then twice as long each time. */
const RETRY_MS = 500
const LONGEST_RETRY_MS = 60_000

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
  /** Whether `begin` is done. */
  #begun = false
  /** Acknowledgements that the outbox has not taken note of yet: the highest of each epoch. */
  readonly #due = new Map<string, number>()
  #settling = false
  readonly #ending = new AbortController()

  constructor(options: FactSenderOptions) {
    this.#options = options
    this.#unsubscribe = options.outbox.onReported(() => this.#pump())
    this.#timer = setInterval(() => this.#pump(), LOOK_EVERY_MS)
    this.#pump()
  }

  /** The controller has stored everything up to there. */
  acknowledged(cursor: Cursor): void {
    const { epoch, seq } = cursor
    this.#acked.set(epoch, Math.max(seq, this.#acked.get(epoch) ?? -1))
    this.#portions = this.#portions.filter((portion) => portion.epoch !== epoch || portion.seq > seq)
    this.#due.set(epoch, Math.max(seq, this.#due.get(epoch) ?? -1))
    if (!this.#settling) void this.#settle()
  }

  [Symbol.dispose](): void {
    this.#stopped = true
    this.#ending.abort()
    clearInterval(this.#timer)
    this.#unsubscribe()
  }

  /** Hands acknowledgements to the outbox, until it has taken them all. Never rejects. */
  async #settle(): Promise<void> {
    this.#settling = true
    await this.#untilDone('acknowledge', async () => {
      while (this.#due.size > 0 && !this.#stopped) await this.#settleDue()
    })
    this.#settling = false
  }

  /** Trouble with one epoch keeps no other one waiting. */
  async #settleDue(): Promise<void> {
    const troubles: unknown[] = []
    for (const [epoch, seq] of [...this.#due]) {
      try {
        await this.#options.outbox.acknowledge({ epoch, seq })
        if (this.#due.get(epoch) === seq) this.#due.delete(epoch)
      } catch (error) {
        if (error instanceof FalseAcknowledgement) this.#due.delete(epoch)
        troubles.push(error)
      }
    }
    this.#pump()
    if (troubles.length > 0) throw troubles.find((error) => error instanceof FalseAcknowledgement) ?? troubles[0]
  }

  /** Tries again with longer and longer pauses, for as long as the link stands. */
  async #untilDone(what: OutboxWork, work: () => Promise<unknown>): Promise<void> {
    const backOff = { firstMs: this.#options.retryMs ?? RETRY_MS, mostMs: LONGEST_RETRY_MS }
    for (let failures = 0; !this.#stopped; failures += 1) {
      try {
        await work()
        return
      } catch (error) {
        if (this.#stopped) return
        if (error instanceof FalseAcknowledgement) return this.#options.onFalse(error)
        this.#options.onTrouble(error, what)
        await sleep(backOffMs(failures, backOff), undefined, { signal: this.#ending.signal, ref: false }).catch(
          () => undefined,
        )
      }
    }
  }

  #pump(): void {
    this.#again = true
    if (this.#pumping || this.#stopped) return
    this.#pumping = true
    void this.#untilDone('read', () => this.#work()).finally(() => {
      this.#pumping = false
    })
  }

  async #work(): Promise<void> {
    // Also when an attempt before this one failed in the middle.
    this.#again = true
    if (!this.#begun) await this.#options.begin?.()
    this.#begun = true
    try {
      this.#reader ??= await this.#options.outbox.reader()
      while (this.#again && !this.#stopped) {
        this.#again = false
        while (await this.#sendSome(this.#reader));
      }
      this.#pumping = false
    } catch (error) {
      // What it had read and not handed out is read again by another one, from the acknowledged cursor on.
      this.#reader = null
      throw error
    }
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
