import { CloseCode } from '@chaos-lite/shared/plain'
import type { WebSocket } from 'ws'
import type { Log } from '../log.ts'
import { FrameBudget, keepAlive } from '../net/index.ts'
import type { Target } from '../pipe/index.ts'
import type { RelayClock } from './options.ts'
import type { RootPart } from './root-part.ts'
import { LINK_HAS_ENDED, LINK_IS_OPEN } from './words.ts'

interface CarrierOptions {
  readonly socket: WebSocket
  readonly id: string
  readonly target: Target
  readonly clock: RelayClock
  readonly root: RootPart
  readonly log: Log
}

/** A peer that does not answer the close keeps nothing alive. */
const CLOSE_WITHIN_MS = 1_000
/** When so much waits for the network, nothing more is taken from the root part. */
const MOST_BUFFERED_BYTES = 1024 * 1024

/** One connection, carried: pings and bounds are kept here, everything else is for the root part to judge. */
export class Carrier {
  readonly id: string
  readonly #options: CarrierOptions
  readonly #budget = new FrameBudget()
  #state: 'opening' | 'pending' | 'open' = 'opening'
  #wasOpen = false
  #closed = false

  constructor(options: CarrierOptions) {
    this.#options = options
    this.id = options.id
  }

  /** Resolves with the close code when the connection has ended. */
  run(): Promise<{ readonly code: number; readonly wasOpen: boolean }> {
    const { socket, clock, root, log } = this.#options
    const onDead = (why: string) => {
      log('warn', `The link is taken for dead: ${why}.`)
      this.#closed = true
      socket.terminate()
    }
    const beat = keepAlive({ socket, monoMs: () => clock.monoMs(), onDead })
    return new Promise((resolve) => {
      socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary, clock.monoMs()))
      socket.once('close', (code: number) => {
        this.#closed = true
        beat[Symbol.dispose]()
        if (this.#wasOpen) log('info', `${LINK_HAS_ENDED}, with code ${code}.`)
        root.closed(this, code)
        resolve({ code, wasOpen: this.#wasOpen })
      })
      root.opened(this)
      socket.resume()
    })
  }

  /** A frame of the root part for the controller. */
  send(text: string): void {
    const { socket, root } = this.#options
    if (this.#closed || socket.readyState !== socket.OPEN) return
    socket.send(text, () => {
      if (socket.bufferedAmount < MOST_BUFFERED_BYTES / 2) root.resume()
    })
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) root.pause()
  }

  /** The root part says how far the handshake is. */
  reached(state: 'pending' | 'open'): void {
    this.#state = state
    if (state !== 'open' || this.#wasOpen) return
    this.#wasOpen = true
    this.#options.log('info', `${LINK_IS_OPEN}, to ${this.#options.target.controllerUrl}.`)
  }

  /** Closes in good order, once. */
  close(code: number): void {
    if (this.#closed) return
    this.#closed = true
    const { socket } = this.#options
    socket.close(code)
    setTimeout(() => socket.terminate(), CLOSE_WITHIN_MS).unref()
  }

  #receive(data: Buffer, isBinary: boolean, receivedMonoMs: number): void {
    if (this.#closed) return
    const { root } = this.#options
    const id = this.#state === 'open' && !root.awake && !isBinary ? clockQuestion(data) : null
    if (!this.#budget.take(receivedMonoMs)) this.#refuse(CloseCode.tooManyFrames, 'too many frames')
    else if (isBinary) this.#refuse(CloseCode.malformedFrame, 'a binary frame')
    else if (data.length === 0) this.#refuse(CloseCode.malformedFrame, 'an empty frame')
    else if (id !== null) this.#sendClock(id, receivedMonoMs)
    else if (!root.frame(this, data, receivedMonoMs)) this.#refuse(CloseCode.internal, 'the root part does not answer')
  }

  /** The four-timestamp exchange, while the root part sleeps: nothing may come between the two readings but this. */
  #sendClock(id: number, receivedMonoMs: number): void {
    const { clock, target } = this.#options
    const wallMs = Math.round(clock.wallMs())
    const { bootId } = target
    this.send(JSON.stringify({ type: 'clock', id, bootId, receivedMonoMs, wallMs, sentMonoMs: clock.monoMs() }))
  }

  #refuse(code: CloseCode, reason: string): void {
    this.#options.log('warn', `The link is closed with ${code}: ${reason}.`)
    this.close(code)
  }
}

/** The id of a well-formed `clock` frame; null for every other frame, which is not judged here. */
export function clockQuestion(data: Buffer): number | null {
  if (data.length > 64) return null
  try {
    const frame: unknown = JSON.parse(data.toString('utf8'))
    if (typeof frame !== 'object' || frame === null || !('type' in frame) || !('id' in frame)) return null
    if (frame.type !== 'clock' || Object.keys(frame).length !== 2) return null
    return Number.isSafeInteger(frame.id) && Number(frame.id) >= 0 ? Number(frame.id) : null
  } catch {
    return null
  }
}
