import { backOffMs } from '@chaos-lite/shared'
import { LIVE_PATH, LiveFrame, type WatcherFrame } from '@chaos-lite/shared/api'
import { type Clock, LiveClock } from './live-clock.ts'
import { RunFeed } from './run-feed.ts'

/** `lost`: it was open and is being opened again; what is shown may be old. */
export type StreamStatus = 'closed' | 'connecting' | 'open' | 'lost'

/** The controller sends the time every few seconds; when it is silent for so long the stream is dead. */
const SILENCE_MS = 25_000
/** Spread, so that not all browsers come back at once. */
export const BACK_OFF = { firstMs: 500, mostMs: 15_000, leastShare: 0.5 }
const LOGGED_OUT = 4401
const LOGGED_OUT_WAIT_MS = 5_000
/** So the controller closes when a run does not exist, or belongs to another company. */
const NO_SUCH_RUN = 4400

interface Handlers {
  /** Hosts and runs that changed. */
  readonly frame: (frame: LiveFrame) => void
  /** The session has ended, or may have. */
  readonly loggedOut: () => void
  /** The stream is open again after it was lost: lists may have missed changes. */
  readonly reopened: () => void
}

interface Watched {
  readonly feed: RunFeed
  watchers: number
}

/** The one live stream of this page. Opens itself again, and asks for the watched runs again. */
export class LiveStream {
  readonly #handlers: Handlers
  readonly #runs = new Map<string, Watched>()
  readonly #listeners = new Set<() => void>()
  #socket: WebSocket | null = null
  #status: StreamStatus = 'closed'
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  readonly #clock = new LiveClock()

  constructor(handlers: Handlers) {
    this.#handlers = handlers
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  readonly status = (): StreamStatus => this.#status

  /** The controller's time, as far as this page knows it. */
  clock(): Clock {
    return this.#clock.at(Date.now(), this.#status === 'open')
  }

  start(): () => void {
    this.#open('connecting')
    const online = () => this.#status === 'lost' && this.#open('lost')
    window.addEventListener('online', online)
    return () => {
      window.removeEventListener('online', online)
      clearTimeout(this.#retry)
      clearTimeout(this.#silence)
      const socket = this.#socket
      this.#socket = null
      socket?.close()
      this.#setStatus('closed')
    }
  }

  /** The feed of one run; it is watched until the last watcher has left. */
  watch(runId: string): { feed: RunFeed; leave: () => void } {
    const known = this.#runs.get(runId)
    const watched = known ?? { feed: new RunFeed(), watchers: 0 }
    watched.watchers += 1
    if (!known) {
      this.#runs.set(runId, watched)
      this.#say({ type: 'watch', runId })
    }
    return { feed: watched.feed, leave: () => this.#leave(runId, watched) }
  }

  #leave(runId: string, watched: Watched): void {
    watched.watchers -= 1
    if (watched.watchers > 0 || this.#runs.get(runId) !== watched) return
    this.#runs.delete(runId)
    this.#say({ type: 'unwatch', runId })
  }

  #say(frame: WatcherFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  #open(status: StreamStatus): void {
    clearTimeout(this.#retry)
    this.#socket?.close()
    this.#setStatus(status)
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(`${scheme}//${location.host}${LIVE_PATH}`)
    this.#socket = socket
    socket.addEventListener('open', () => socket === this.#socket && this.#opened())
    socket.addEventListener('message', ({ data }) => socket === this.#socket && this.#message(String(data)))
    socket.addEventListener('close', ({ code }) => socket === this.#socket && this.#closed(code))
  }

  #opened(): void {
    const again = this.#status === 'lost'
    this.#attempt = 0
    this.#setStatus('open')
    this.#listenForSilence()
    for (const runId of this.#runs.keys()) this.#say({ type: 'watch', runId })
    if (again) this.#handlers.reopened()
  }

  #closed(code: number): void {
    clearTimeout(this.#silence)
    this.#socket = null
    if (code === NO_SUCH_RUN) this.#giveUpUnknown()
    this.#setStatus('lost')
    // A refused upgrade looks like any other failure to a browser, so the session is asked after either.
    if (code === LOGGED_OUT || this.#attempt > 0) this.#handlers.loggedOut()
    // Somebody who is logged out has no use for it; the page around this stream goes away by itself.
    const waitMs = code === LOGGED_OUT ? LOGGED_OUT_WAIT_MS : backOffMs(this.#attempt++, BACK_OFF)
    this.#retry = setTimeout(() => this.#open('lost'), waitMs)
  }

  /** Runs of which nothing was ever heard are not asked for again. */
  #giveUpUnknown(): void {
    for (const [runId, { feed }] of this.#runs) {
      if (feed.snapshot().facts.length > 0) continue
      this.#runs.delete(runId)
      feed.refuse()
    }
  }

  #message(text: string): void {
    this.#listenForSilence()
    const frame = readFrame(text)
    this.#clock.hear(Date.now(), frame?.type === 'time' ? frame.nowMs : null)
    if (frame === null || frame.type === 'time') return
    if (frame.type === 'host' || frame.type === 'run') this.#handlers.frame(frame)
    else this.#runs.get(frame.runId)?.feed.take(frame)
  }

  #listenForSilence(): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#socket?.close(), SILENCE_MS)
  }

  #setStatus(status: StreamStatus): void {
    if (this.#status === status) return
    this.#status = status
    for (const listener of this.#listeners) listener()
  }
}

/** A frame of a newer controller that this page does not know is left out. */
function readFrame(text: string): LiveFrame | null {
  try {
    const parsed = LiveFrame.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}
