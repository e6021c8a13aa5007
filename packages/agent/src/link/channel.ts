import { CloseCode } from '@chaos-lite/shared'
import { Down, type Pipe } from '../pipe/index.ts'

/** Called for each frame of the connection, in order, and for its end. */
export interface ChannelListener {
  /** `receivedMonoMs`: when the relay had the frame; never later than now. */
  frame(text: string, receivedMonoMs: number): void
  /** The connection is over, for whatever reason. Called once, and nothing after it. */
  closed(code: number): void
}

/** Not a close code: this process goes to rest, and the connection stays with the relay. */
export const RESTING = 0

/**
 * One connection to the controller, as the root part sees it: the relay holds the socket, this end reads and writes.
 */
export class Channel {
  readonly id: string
  readonly #pipe: Pipe
  #listener: ChannelListener | null = null
  #early: (() => void)[] = []
  #closed = false
  /** What is to be sent, while it is held. */
  #held: string[] | null = null

  constructor(id: string, pipe: Pipe) {
    this.id = id
    this.#pipe = pipe
  }

  /** True from the moment that either side closed. */
  get closed(): boolean {
    return this.#closed
  }

  /** Bytes that the relay has not taken yet: it takes no more than the network does. */
  get bufferedBytes(): number {
    return this.#pipe.waitingBytes
  }

  /** Whatever came before is reported at once. */
  listen(listener: ChannelListener): void {
    this.#listener = listener
    const early = this.#early
    this.#early = []
    for (const deliver of early) deliver()
  }

  send(text: string): void {
    if (this.#closed) return
    if (this.#held) this.#held.push(text)
    else this.#pipe.send(Down.frame, text)
  }

  /** Sends nothing until `release`. */
  hold(): void {
    this.#held ??= []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const text of held) this.send(text)
  }

  announce(state: 'open' | 'pending'): void {
    if (!this.#closed) this.#pipe.send(Down.state, state)
  }

  /** Closes it; nothing that still comes is looked at. */
  close(code: number): void {
    if (this.#closed) return
    this.#pipe.send(Down.close, String(code))
    this.ended(code)
  }

  /** For the port: a frame came. */
  received(text: string, receivedMonoMs: number): void {
    if (this.#closed) return
    if (this.#listener) this.#listener.frame(text, receivedMonoMs)
    else this.#early.push(() => this.#listener?.frame(text, receivedMonoMs))
  }

  /** For the port: it is over. */
  ended(code: number = CloseCode.internal): void {
    if (this.#closed) return
    this.#closed = true
    if (this.#listener) this.#listener.closed(code)
    else this.#early.push(() => this.#listener?.closed(code))
  }
}
