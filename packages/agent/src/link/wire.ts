import { type AgentFrame, CloseCode, encode, MAX_FRAME_BYTES } from '@chaos-lite/shared'
import type { WebSocket } from 'ws'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type WriteLog = (level: LogLevel, message: string) => void

/** What a frame did wrong, and with which code the link is closed for it. */
export interface Violation {
  readonly code: CloseCode
  readonly reason: string
}

/** A peer that does not answer the close keeps nothing alive. */
const CLOSE_WITHIN_MS = 1_000

/** The sending half of a connection, and the one way it is closed. */
export class Wire {
  readonly #socket: WebSocket
  readonly #log: WriteLog
  #closed = false

  constructor(socket: WebSocket, log: WriteLog) {
    this.#socket = socket
    this.#log = log
    socket.once('close', () => {
      this.#closed = true
    })
  }

  /** True from the moment that we close, or the other side did: what still comes in is not looked at. */
  get closed(): boolean {
    return this.#closed
  }

  /** Bytes that wait for the network. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frame: AgentFrame): void {
    if (this.#closed || this.#socket.readyState !== this.#socket.OPEN) return
    const text = encode(frame)
    if (Buffer.byteLength(text) <= MAX_FRAME_BYTES) this.#socket.send(text)
    else this.#log('error', `A frame of type ${frame.type} is longer than ${MAX_FRAME_BYTES} bytes and was not sent.`)
  }

  close({ code, reason }: Violation): void {
    if (this.#closed) return
    this.#closed = true
    if (code !== CloseCode.shuttingDown) this.#log('warn', `The link is closed with ${code}: ${reason}.`)
    this.#socket.close(code)
    setTimeout(() => this.#socket.terminate(), CLOSE_WITHIN_MS).unref()
  }

  /** Ends it without a word: nobody is there, or what waits in the buffers must not be read any more. */
  cut(why: string): void {
    this.#log('warn', `The link is taken for dead: ${why}.`)
    this.#closed = true
    this.#socket.terminate()
  }
}
