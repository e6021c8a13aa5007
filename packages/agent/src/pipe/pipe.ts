import { type Duplex, duplexPair } from 'node:stream'
import { LONGEST_MESSAGE_BYTES } from './messages.ts'

/** What comes out of a pipe. `kind` is one byte, whose meaning the two ends agree on. */
export interface PipeListener {
  message(kind: number, payload: Buffer): void
  /** The other side will send nothing more, and nothing more can be sent. Called once. */
  closed(): void
}

const HEADER_BYTES = 5

/** Two ends of a way within one process, like a local socket: when one is gone, so is the other. */
export function wayWithin(): readonly [Duplex, Duplex] {
  const [one, other] = duplexPair()
  one.once('close', () => other.destroy())
  other.once('close', () => one.destroy())
  return [one, other]
}

/** One end of the way between the two parts of the agent: whole messages in, whole messages out. */
export class Pipe {
  readonly #stream: Duplex
  readonly #listener: PipeListener
  #waiting: Buffer = Buffer.alloc(0)
  #closed = false
  /** Messages so far. */
  sent = 0
  received = 0

  constructor(stream: Duplex, listener: PipeListener) {
    this.#stream = stream
    this.#listener = listener
    // An error without a listener would end the process; `close` follows it.
    stream.on('error', () => {})
    stream.on('data', (bytes: Buffer) => this.#read(bytes))
    stream.on('end', () => stream.end())
    stream.once('close', () => {
      this.#closed = true
      listener.closed()
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Bytes that the other side has not taken yet. */
  get waitingBytes(): number {
    return this.#stream.writableLength
  }

  send(kind: number, payload: Buffer | string = ''): void {
    if (this.#closed || !this.#stream.writable) return
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
    const header = Buffer.alloc(HEADER_BYTES)
    header.writeUInt8(kind, 0)
    header.writeUInt32BE(bytes.length, 1)
    this.sent += 1
    this.#stream.write(Buffer.concat([header, bytes]))
  }

  /** Nothing is read until `resume`. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** Sends nothing more; what is underway still arrives. */
  end(): void {
    this.#stream.end()
  }

  destroy(): void {
    this.#stream.destroy()
  }

  #read(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    while (!this.#stream.destroyed && this.#waiting.length >= HEADER_BYTES) {
      const length = this.#waiting.readUInt32BE(1)
      if (length > LONGEST_MESSAGE_BYTES) this.destroy()
      if (length > LONGEST_MESSAGE_BYTES || this.#waiting.length < HEADER_BYTES + length) return
      const kind = this.#waiting.readUInt8(0)
      const payload = this.#waiting.subarray(HEADER_BYTES, HEADER_BYTES + length)
      this.#waiting = this.#waiting.subarray(HEADER_BYTES + length)
      this.received += 1
      this.#listener.message(kind, payload)
    }
  }
}
