import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { backOffMs } from '@chaos-lite/shared/plain'
import { watchFiles } from '../file-watch/index.ts'
import { Down, FRAME_STAMP_BYTES, Pipe, type Target, Up } from '../pipe/index.ts'
import type { RelayOptions } from './options.ts'

/** A connection, as the root part learns of it. */
interface Carried {
  readonly id: string
}

interface RootPartOptions extends RelayOptions {
  readonly frame: (text: string) => void
  readonly close: (code: number) => void
  readonly state: (state: 'open' | 'pending') => void
  /** The root part died, or broke off: what it knew of the connection is gone with it. */
  readonly lost: () => void
}

/** Frames that wait while the root part wakes. More than these nobody sends to a host at rest. */
const MOST_WAITING = 256
const MOST_WAITING_BYTES = 2 * 1024 * 1024
/** After the root part was stopped on purpose, it is not woken for so long. */
const LEFT_ALONE_MS = 5_000
const GOODBYE_MS = 1_000
const AGAIN = { firstMs: 200, mostMs: 10_000 }

/** The root part as the relay sees it: perhaps asleep, and woken by whatever is not mere keep-alive. */
export class RootPart {
  readonly #options: RootPartOptions
  readonly #files: Disposable
  #pipe: Pipe | null = null
  /** The first message has come: from then on it hears us. */
  #ready = false
  #waking: Promise<void> | null = null
  #resting = false
  /** Something came up while the root part was going to rest. */
  #wanted = false
  #aloneUntilMs = Number.NEGATIVE_INFINITY
  #carrier: Carried | null = null
  #announced: Carried | null = null
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #target: string | undefined
  #changed = new AbortController()
  #known = Promise.withResolvers<void>()

  constructor(options: RootPartOptions) {
    this.#options = options
    this.#files = watchFiles(options.watched, () => this.#look())
  }

  get awake(): boolean {
    return this.#ready
  }

  /** Aborted when the controller is somewhere else than before. */
  get targetChanged(): AbortSignal {
    return this.#changed.signal
  }

  /** Where the controller is; null: this host is enrolled nowhere; undefined: asked to stop before it was known. */
  async target(): Promise<Target | null | undefined> {
    const { signal } = this.#options
    if (this.#target === undefined) {
      this.#wake()
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
      await Promise.race([this.#known.promise, stopped])
    }
    return this.#target === undefined ? undefined : (JSON.parse(this.#target) as Target | null)
  }

  /** For how long it should not be woken. */
  leaveAloneMs(): number {
    return this.#aloneUntilMs - this.#options.clock.monoMs()
  }

  opened(carrier: Carried): void {
    this.#carrier = carrier
    if (this.#ready) this.#announce()
    else this.#wake()
  }

  closed(carrier: Carried, code: number): void {
    if (this.#carrier !== carrier) return
    this.#carrier = null
    this.#waiting = []
    this.#waitingBytes = 0
    if (this.#ready && this.#announced === carrier) this.#pipe?.send(Up.closed, String(code))
  }

  /** Hands on one frame, waking the root part if need be. False: too much waits for it already. */
  frame(carrier: Carried, data: Buffer, receivedMonoMs: number): boolean {
    if (this.#carrier !== carrier) return true
    const payload = Buffer.allocUnsafe(FRAME_STAMP_BYTES + data.length)
    payload.writeDoubleBE(receivedMonoMs, 0)
    data.copy(payload, FRAME_STAMP_BYTES)
    if (this.#ready) {
      this.#pipe?.send(Up.frame, payload)
      return true
    }
    this.#waitingBytes += payload.length
    if (this.#waiting.push(payload) > MOST_WAITING || this.#waitingBytes > MOST_WAITING_BYTES) return false
    this.#wake()
    return true
  }

  pause(): void {
    this.#pipe?.pause()
  }

  resume(): void {
    this.#pipe?.resume()
  }

  async close(): Promise<void> {
    this.#files[Symbol.dispose]()
    await this.#waking
    const pipe = this.#pipe
    pipe?.end()
    // One that hangs keeps nobody.
    setTimeout(() => pipe?.destroy(), GOODBYE_MS).unref()
  }

  #look(): void {
    if (this.#ready) this.#pipe?.send(Up.look)
    else this.#wake()
  }

  #wake(): void {
    if (this.#resting) this.#wanted = true
    if (this.#pipe !== null || this.#waking !== null) return
    this.#waking = this.#connect().finally(() => {
      this.#waking = null
    })
  }

  async #connect(): Promise<void> {
    const { signal, connect, log } = this.#options
    let pauseMs = Math.max(0, this.leaveAloneMs())
    for (let failures = 0; !signal.aborted; failures += 1) {
      if (pauseMs > 0) await sleep(pauseMs, null, { signal }).catch(() => {})
      if (signal.aborted) return
      const stream = await connect(signal).catch((error: unknown) => {
        const why = error instanceof Error ? error.message : String(error)
        log(failures === 0 ? 'warn' : 'debug', `The root part of the agent cannot be reached: ${why}`)
        return null
      })
      if (stream !== null) return this.#use(stream)
      pauseMs = backOffMs(failures, AGAIN)
    }
  }

  #use(stream: Duplex): void {
    const pipe = new Pipe(stream, {
      message: (kind, payload) => this.#message(pipe, kind, payload),
      closed: () => this.#gone(pipe),
    })
    this.#pipe = pipe
  }

  #gone(pipe: Pipe): void {
    if (this.#pipe !== pipe) return
    const wasReady = this.#ready
    this.#pipe = null
    this.#ready = false
    if (this.#options.signal.aborted) return
    if (this.#resting) {
      const wanted = this.#wanted
      this.#resting = false
      this.#wanted = false
      if (wanted) this.#wake()
      return
    }
    // Turned away or died. It knows nothing of the connection any more: the next one begins with a handshake.
    if (this.#carrier !== null) this.#options.lost()
    if (!wasReady) this.#aloneUntilMs = this.#options.clock.monoMs() + AGAIN.firstMs * 5
    if (this.#target === undefined) setTimeout(() => this.#wake(), 0)
  }

  #message(pipe: Pipe, kind: number, payload: Buffer): void {
    if (this.#pipe !== pipe) return
    const { frame, close, state, clock } = this.#options
    const text = payload.toString('utf8')
    if (kind === Down.target) this.#point(text)
    else if (kind === Down.frame) frame(text)
    else if (kind === Down.close) close(Number(text))
    else if (kind === Down.state) state(text === 'open' ? 'open' : 'pending')
    else if (kind === Down.rest) this.#rest(pipe, Number(text))
    else if (kind === Down.stopping) this.#aloneUntilMs = clock.monoMs() + LEFT_ALONE_MS
  }

  /** Goes on alone, unless something is underway to the root part. */
  #rest(pipe: Pipe, seen: number): void {
    if (pipe.sent !== seen) return
    this.#resting = true
    this.#ready = false
    pipe.end()
  }

  #point(target: string): void {
    const before = this.#target
    this.#target = target
    this.#known.resolve()
    if (before !== undefined && before !== target) this.#moved()
    if (this.#ready) return
    this.#ready = true
    this.#announce()
    for (const payload of this.#waiting) this.#pipe?.send(Up.frame, payload)
    this.#waiting = []
    this.#waitingBytes = 0
  }

  /** Whatever stands leads to the wrong place, or belongs to another identity. */
  #moved(): void {
    const changed = this.#changed
    this.#changed = new AbortController()
    this.#carrier = null
    this.#waiting = []
    this.#waitingBytes = 0
    changed.abort()
  }

  #announce(): void {
    const carrier = this.#carrier
    if (carrier === null) return
    this.#pipe?.send(this.#announced === carrier ? Up.resumed : Up.opened, carrier.id)
    this.#announced = carrier
  }
}
