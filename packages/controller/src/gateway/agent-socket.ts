import {
  AgentFrame,
  CloseCode,
  type ControllerFrame,
  closeReasons,
  decode,
  type Extension,
  encode,
  isSealed,
  MAX_FRAME_BYTES,
  PING_EVERY_MS,
  SILENT_AFTER_MS,
  UNSEALED,
} from '@chaos-lite/shared'
import type { Seal } from '@chaos-lite/shared/sealed'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { Bucket } from '../limits/index.ts'

/** No agent needs more than this; what is beyond is an attack or a fault. */
const FRAMES = { perSecond: 2_000, burst: 5_000 }
/** Reading costs time, however the bytes are cut into frames: what is beyond this is read later, and nobody is punished. */
const BYTES = { perSecond: 16 * 1024 * 1024, burst: 32 * 1024 * 1024 }
/** An agent that does not read is cut off before it fills our memory. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024

/** Whoever handles the frames now: the handshake first, then the live link. */
export interface FrameHandler {
  frame(frame: AgentFrame): void
  /** The socket is gone. Called once. */
  gone(): void
}

/** One agent's socket: frames in and out, pings, and the one way it is closed. */
export class AgentSocket {
  readonly address: string
  readonly log: Logger
  /** Frames beyond the subprotocol's that the other side can send, as its hello said. */
  extensions: readonly Extension[] = []
  readonly #ws: WebSocket
  readonly #frames = new Bucket(FRAMES)
  readonly #bytes = new Bucket(BYTES)
  readonly #onRefused: () => void
  readonly #pings: NodeJS.Timeout
  readonly #awaited = new Set<() => void>()
  #handler: FrameHandler | null = null
  #seal: Seal | null = null
  #onForged: () => void = () => undefined
  #heardMs = performance.now()
  #closed = false
  #peerCode: number | null = null

  constructor(ws: WebSocket, options: { address: string; log: Logger; onRefused: () => void }) {
    this.#ws = ws
    this.address = options.address
    this.log = options.log
    this.#onRefused = options.onRefused
    ws.on('message', (data: Buffer, isBinary) => this.#message(data, isBinary))
    ws.on('ping', () => this.#heard())
    ws.on('pong', () => {
      this.#heard()
      for (const answered of this.#awaited) answered()
    })
    // Without a listener an error would end the process. A frame beyond `maxPayload` ends here: ws closes with 1009.
    ws.on('error', (error) => this.log.warn({ address: this.address, err: error }, 'an agent link failed'))
    ws.on('close', (code) => {
      if (!this.#closed) this.#peerCode = code
      this.#gone()
    })
    this.#pings = setInterval(() => this.#beat(), PING_EVERY_MS)
  }

  get open(): boolean {
    return !this.#closed && this.#ws.readyState === this.#ws.OPEN
  }

  /** With which code the other side closed; null while it has not, or when we did. */
  get peerCode(): number | null {
    return this.#peerCode
  }

  handle(handler: FrameHandler): void {
    this.#handler = handler
  }

  /** From now on only what the agent sealed is taken, and all that is sent is sealed. */
  sealWith(seal: Seal, onForged: () => void): void {
    this.#seal = seal
    this.#onForged = onForged
  }

  send(frame: ControllerFrame): void {
    if (!this.open) return
    if (this.#ws.bufferedAmount > MAX_BUFFERED_BYTES) {
      this.drop('does not read what is sent')
      return
    }
    const text = encode(frame)
    this.#ws.send(frame.type === UNSEALED ? text : (this.#seal?.close(text) ?? text))
  }

  /** Closes with a code; whatever still comes in is not looked at. */
  close(code: CloseCode, detail?: string): void {
    if (this.#closed) return
    this.#closed = true
    // Nothing that the agent did: it is not counted as refused.
    const ours: CloseCode[] = [CloseCode.shuttingDown, CloseCode.replaced, CloseCode.internal, CloseCode.tryLater]
    if (!ours.includes(code)) this.#onRefused()
    if (code !== CloseCode.shuttingDown && code !== CloseCode.replaced) {
      this.log.warn({ address: this.address, code, detail }, `an agent link was closed: ${closeReasons[code]}`)
    }
    this.#ws.close(code, closeReasons[code].slice(0, 120))
    this.#gone()
  }

  /** Ends a socket whose other side is not there any more. */
  drop(why: string): void {
    this.log.info({ address: this.address, why }, 'an agent link was dropped')
    this.#closed = true
    this.#ws.terminate()
    this.#gone()
  }

  /** Does the other side answer a ping in this time? */
  answersPing(withinMs: number): Promise<boolean> {
    if (!this.open) return Promise.resolve(false)
    return new Promise((resolve) => {
      const settle = (alive: boolean) => {
        clearTimeout(timer)
        this.#awaited.delete(answered)
        resolve(alive)
      }
      const answered = () => settle(true)
      const timer = setTimeout(() => settle(false), withinMs)
      this.#awaited.add(answered)
      this.#ws.ping()
    })
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (this.#closed) return
    this.#heard()
    if (!this.#frames.take()) {
      this.close(CloseCode.tooManyFrames)
      return
    }
    if (isBinary) {
      this.close(CloseCode.malformedFrame, 'binary')
      return
    }
    if (data.length > MAX_FRAME_BYTES) {
      this.close(CloseCode.frameTooLarge)
      return
    }
    this.#throttle(data.length)
    const bare = this.#seal !== null && !isSealed(data)
    const genuine = this.#seal === null || bare ? data.toString('utf8') : this.#seal.open(data)
    const read = genuine === null ? null : decode(AgentFrame, genuine)
    if (read === null || (bare && !(read.ok && read.frame.type === UNSEALED))) {
      this.close(CloseCode.brokenSeal)
      this.#onForged()
      return
    }
    if (!read.ok) {
      this.close(CloseCode.malformedFrame, read.reason)
      return
    }
    try {
      this.#handler?.frame(read.frame)
    } catch (error) {
      this.log.error({ address: this.address, err: error }, 'a frame could not be handled')
      this.close(CloseCode.internal)
    }
  }

  /** Stops reading for as long as the other side is ahead of what it may send: the network makes it wait. */
  #throttle(bytes: number): void {
    this.#bytes.spend(bytes)
    const debtMs = this.#bytes.debtMs()
    if (debtMs === 0 || this.#ws.isPaused) return
    this.#ws.pause()
    setTimeout(() => this.#ws.resume(), debtMs).unref()
  }

  #heard(): void {
    this.#heardMs = performance.now()
  }

  #beat(): void {
    if (performance.now() - this.#heardMs > SILENT_AFTER_MS) {
      this.drop('silent')
      return
    }
    if (this.open) this.#ws.ping()
  }

  /** Told at once when we close, without waiting for the other side to agree. */
  #gone(): void {
    this.#closed = true
    clearInterval(this.#pings)
    const handler = this.#handler
    this.#handler = null
    handler?.gone()
  }
}
