import type { Duplex } from 'node:stream'
import type { SealState } from '@chaos-lite/shared/sealed'
import type { Log } from '../log.ts'
import { FrameBudget } from '../net/index.ts'
import { Down, FRAME_STAMP_BYTES, Pipe, type Target, Up } from '../pipe/index.ts'
import { Channel, RESTING } from './channel.ts'

/** What is kept of a link while the root part sleeps: the controller's session goes on. */
export interface Kept {
  /** Whose link it is. */
  readonly hostId: string
  /** The relay's name of the connection. */
  readonly channelId: string
  readonly state: 'open' | 'pending'
  /** Null while an administrator has yet to approve this host. */
  readonly session: string | null
  /** Frames and fields beyond the subprotocol's that the controller understands. */
  readonly extensions: readonly string[]
  /** How far the two ends have counted, and the keys of this connection. */
  readonly seal: SealState
}

/** Takes over a connection: a fresh one, or one that was `kept` while this part slept. */
export type OnChannel = (channel: Channel, kept: Kept | null) => void

/** `monoMs` also bounds how often a relay may break the rules. */
export interface RelayPortOptions {
  readonly monoMs: () => number
  readonly log: Log
  /** What an earlier process of this part kept when it went to rest. */
  readonly kept?: Kept | null
}

/** A relay that broke the rules is not listened to for this long. */
const PENALTY_MS = 1_000

/**
 * The unprivileged part as the root part sees it: one pipe at a time, every byte hostile, every message bounded. It may
 * lie about what the controller said, but commands are signed, and nothing else here touches the host.
 */
export class RelayPort {
  readonly #options: RelayPortOptions
  readonly #budget = new FrameBudget()
  /** Undefined: not known yet, so the relay is sent nothing. */
  #target: Target | null | undefined = undefined
  #onChannel: OnChannel | null = null
  #onLook: () => void = () => {}
  #pipe: Pipe | null = null
  #channel: Channel | null = null
  #kept: Kept | null
  #resting: ((rests: boolean) => void) | null = null
  #penaltyUntilMs = 0
  #heardMs: number

  constructor(options: RelayPortOptions) {
    this.#options = options
    this.#kept = options.kept ?? null
    this.#heardMs = options.monoMs()
  }

  /** When the relay last said something, or came or went. */
  get heardMonoMs(): number {
    return this.#heardMs
  }

  /** What an earlier process kept, and no relay has come back for. */
  get unclaimed(): Kept | null {
    return this.#kept
  }

  /** The relay has come. A second one beside it is turned away, and so is one that has just broken the rules. */
  attach(stream: Duplex): void {
    stream.on('error', () => {})
    const nowMs = this.#options.monoMs()
    if (this.#pipe !== null || nowMs < this.#penaltyUntilMs) {
      stream.destroy()
      return
    }
    this.#heardMs = nowMs
    const pipe = new Pipe(stream, {
      message: (kind, payload) => this.#message(pipe, kind, payload),
      closed: () => this.#gone(pipe),
    })
    this.#pipe = pipe
    this.#sendTarget()
  }

  /** Where the controller is, or null: there is none. The relay is notified now, and whenever one comes. */
  point(target: Target | null): void {
    this.#target = target
    this.#sendTarget()
  }

  /** Who takes over connections; null: nobody does, and they are closed. */
  onChannel(take: OnChannel | null): void {
    this.#onChannel = take
  }

  /** Who is notified when the relay has seen a change. */
  onLook(look: () => void): void {
    this.#onLook = look
  }

  /** Asks the relay to go on alone. True: it does, and this process may end. False: it had something to say. */
  async rest(): Promise<boolean> {
    const pipe = this.#pipe
    if (pipe === null) return true
    if (this.#resting !== null) return false
    const answered = new Promise<boolean>((resolve) => {
      this.#resting = resolve
    })
    // What is sent from now on is not counted in what was kept: it waits, or is sent again by the next process.
    const channel = this.#channel
    channel?.hold()
    pipe.send(Down.rest, String(pipe.received))
    const rests = await answered
    this.#resting = null
    if (!rests) channel?.release()
    return rests
  }

  /** This process is being stopped on purpose: the relay shall not wake the next one at once. */
  stopping(): void {
    this.#pipe?.send(Down.stopping)
  }

  /** Lets go of the relay. */
  close(): void {
    this.#pipe?.end()
  }

  #sendTarget(): void {
    if (this.#target !== undefined) this.#pipe?.send(Down.target, JSON.stringify(this.#target))
  }

  #gone(pipe: Pipe): void {
    if (this.#pipe !== pipe) return
    this.#pipe = null
    this.#heardMs = this.#options.monoMs()
    const channel = this.#channel
    this.#channel = null
    channel?.ended(this.#resting === null ? undefined : RESTING)
    this.#resting?.(true)
  }

  #message(pipe: Pipe, kind: number, payload: Buffer): void {
    if (this.#pipe !== pipe) return
    const nowMs = this.#options.monoMs()
    this.#heardMs = nowMs
    this.#resting?.(false)
    const wrong = this.#budget.take(nowMs) ? this.#consider(pipe, kind, payload, nowMs) : 'too many messages'
    if (wrong === null) return
    this.#options.log('warn', `The relay is turned away: ${wrong}.`)
    this.#penaltyUntilMs = nowMs + PENALTY_MS
    pipe.destroy()
  }

  /** What is wrong with the message, or null. */
  #consider(pipe: Pipe, kind: number, payload: Buffer, nowMs: number): string | null {
    const text = payload.toString('latin1')
    switch (kind) {
      case Up.opened:
      case Up.resumed:
        if (!/^[0-9a-f]{32}$/.test(text)) return 'a connection without a proper name'
        return this.#begin(new Channel(text, pipe), kind === Up.resumed)
      case Up.frame:
        if (payload.length <= FRAME_STAMP_BYTES) return 'an empty frame'
        if (this.#channel === null) return null
        this.#channel.received(payload.toString('utf8', FRAME_STAMP_BYTES), instant(payload.readDoubleBE(0), nowMs))
        return null
      case Up.closed:
        if (!/^\d{1,5}$/.test(text)) return 'a close code that is none'
        this.#channel?.ended(Number(text))
        this.#channel = null
        return null
      case Up.look:
        if (payload.length > 0) return 'a message that is too long'
        this.#onLook()
        return null
      default:
        return `an unknown message (${kind})`
    }
  }

  #begin(channel: Channel, resumed: boolean): null {
    this.#channel?.ended()
    this.#channel = channel
    const kept = this.#kept
    this.#kept = null
    const claimed = resumed && kept?.channelId === channel.id ? kept : null
    if (resumed && claimed === null) this.#kept = kept
    // Nothing is known of that connection here (any more): a new one has to be made, and proved.
    if ((resumed && claimed === null) || this.#onChannel === null) channel.close(1001)
    else this.#onChannel(channel, claimed)
    if (channel.closed) this.#channel = null
    return null
  }
}

/** The relay's clock is ours: the same of this machine. A lie can make a frame older, but never younger than it is. */
function instant(stampMs: number, nowMs: number): number {
  return Number.isFinite(stampMs) ? Math.min(stampMs, nowMs) : nowMs
}
