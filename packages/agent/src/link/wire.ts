import { type AgentFrame, CloseCode, encode, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import type { Channel } from './channel.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type WriteLog = (level: LogLevel, message: string) => void

/** What a frame did wrong, and with which code the link is closed for it. */
export interface Violation {
  readonly code: CloseCode
  readonly reason: string
}

/** The sending half of a connection, and the one way it is closed. */
export class Wire {
  readonly #channel: Channel
  readonly #log: WriteLog

  constructor(channel: Channel, log: WriteLog) {
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
    if (Buffer.byteLength(text) <= MAX_FRAME_BYTES) this.#channel.send(text)
    else this.#log('error', `A frame of type ${frame.type} is longer than ${MAX_FRAME_BYTES} bytes and was not sent.`)
  }

  close({ code, reason }: Violation): void {
    if (this.closed) return
    if (code !== CloseCode.shuttingDown) this.#log('warn', `The link is closed with ${code}: ${reason}.`)
    this.#channel.close(code)
  }
}
