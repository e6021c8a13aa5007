import { type AgentFrame, CloseCode, encode, isSealed, MAX_FRAME_BYTES, SEAL_CHARS, UNSEALED } from '@chaos-lite/shared'
import type { Seal } from '@chaos-lite/shared/sealed'
import type { Log } from '../log.ts'
import type { Channel } from './channel.ts'

/** What a frame did wrong, and with which code the link is closed for it. */
export interface Violation {
  readonly code: CloseCode
  readonly reason: string
}

/** The frames of a connection as they travel, sealed once there is a seal; and the one way it is closed. */
export class Wire {
  readonly #channel: Channel
  readonly #log: Log
  /** Null until both sides have said who they are. */
  seal: Seal | null = null

  constructor(channel: Channel, log: Log) {
    this.#channel = channel
    this.#log = log
  }

  /** True from the moment that we close, or the other side did: what still comes in is not looked at. */
  get closed(): boolean {
    return this.#channel.closed
  }

  /** Bytes that wait for the network. */
  get bufferedBytes(): number {
    return this.#channel.bufferedBytes
  }

  send(frame: AgentFrame): void {
    if (this.closed) return
    const text = encode(frame)
    const seal = frame.type === UNSEALED ? null : this.seal
    // What is sealed must be sent: the other side counts.
    if (Buffer.byteLength(text) + SEAL_CHARS <= MAX_FRAME_BYTES) this.#channel.send(seal?.close(text) ?? text)
    else this.#log('error', `A frame of type ${frame.type} is longer than ${MAX_FRAME_BYTES} bytes and was not sent.`)
  }

  /** The JSON text of a frame that came; null when the one who sent it was not the controller, or frames are missing. */
  open(text: string): string | null {
    return this.seal !== null && isSealed(text) ? this.seal.open(text) : text
  }

  close({ code, reason }: Violation): void {
    if (this.closed) return
    if (code !== CloseCode.shuttingDown) this.#log('warn', `The link is closed with ${code}: ${reason}.`)
    this.#channel.close(code)
  }
}
