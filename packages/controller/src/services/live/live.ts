import { ChaosError, type HostId, type SourcedFact, type Ulid } from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import type { Gateway, LiveSample } from '../../gateway/index.ts'
import type { Store } from '../../store/index.ts'
import type { Clock } from '../../time/index.ts'
import type { Identity } from '../auth/auth.ts'
import type { HostViews } from '../host-views.ts'
import type { RunBook } from '../run-book.ts'
import { SampleDemand } from './sample-demand.ts'
import { Watcher, WatcherClose } from './watcher.ts'

/** The watchers' live stream. */
export interface Live {
  /** Takes the WebSocket of somebody whose identity (and, for browsers, origin) was checked. */
  accept(ws: WebSocket, identity: Identity): void
  /** Closes what was opened with older log-ins of this user, or with this one. */
  loggedOut(which: { userId: Ulid } | { logInHash: string }): void
  /** Tells watchers that a host looks different now. */
  hostChanged(hostId: HostId): void
  readonly watchers: number
  /** Closes every WebSocket with 1001, and resolves when they are gone; who does not agree is cut off after a second. */
  close(): Promise<void>
}

interface LiveDeps {
  readonly store: Store
  readonly gateway: Gateway
  readonly runBook: RunBook
  readonly hosts: HostViews
  readonly clock: Clock
  readonly log: Logger
}

const MAX_WATCHERS = 500
const GOODBYE_MS = 1_000
const TIME_EVERY_MS = 5_000

/** The live stream of runs and hosts for browsers and the command line; at most 500 watchers at a time. */
export function makeLive(deps: LiveDeps): Live {
  return new LiveStream(deps)
}

class LiveStream implements Live {
  readonly #deps: LiveDeps
  /** Every socket that is not closed yet, also of those who were one too many. */
  readonly #sockets = new Set<WebSocket>()
  readonly #watchers = new Set<Watcher>()
  readonly #demand: SampleDemand
  /** Runs whose hosts were reported as held. */
  readonly #open = new Set<Ulid>()
  readonly #unlisten: readonly (() => void)[]
  readonly #timer: NodeJS.Timeout
  #closing = false

  constructor(deps: LiveDeps) {
    this.#deps = deps
    this.#demand = new SampleDemand(deps.gateway, (runId) => deps.store.runs.hostsOf(runId))
    const changed = (hostId: HostId) => this.hostChanged(hostId)
    this.#unlisten = [
      deps.runBook.listen({
        fact: (runId, fact) => this.#fact(runId, fact),
        row: (run) => {
          this.#toClient(run.clientId, (watcher) => watcher.send({ type: 'run', run }))
          this.#notifyOfHosts(run)
        },
      }),
      deps.gateway.listen({
        online: changed,
        offline: changed,
        inventory: changed,
        sample: (sample) => this.#sample(sample),
      }),
    ]
    this.#timer = setInterval(() => this.#tick(), TIME_EVERY_MS)
  }

  get watchers(): number {
    return this.#watchers.size
  }

  accept(ws: WebSocket, identity: Identity): void {
    this.#sockets.add(ws)
    ws.once('close', () => this.#sockets.delete(ws))
    if (this.#closing) ws.close(WatcherClose.goingAway, 'shutting down')
    else if (this.#watchers.size >= MAX_WATCHERS) ws.close(WatcherClose.tryAgainLater, 'too many watchers')
    else this.#join(ws, identity)
  }

  loggedOut(which: { userId: Ulid } | { logInHash: string }): void {
    for (const watcher of this.#watchers) {
      const { userId, logInHash } = watcher.identity
      const meant = 'userId' in which ? userId === which.userId : logInHash === which.logInHash
      if (meant) watcher.close(WatcherClose.loggedOut, 'logged out')
    }
  }

  hostChanged(hostId: HostId): void {
    this.#notifyOfHost(hostId).catch((error: unknown) =>
      this.#deps.log.warn({ hostId, err: error }, 'watchers were not notified'),
    )
  }

  async close(): Promise<void> {
    this.#closing = true
    clearInterval(this.#timer)
    for (const unlisten of this.#unlisten) unlisten()
    for (const watcher of this.#watchers) watcher.close(WatcherClose.goingAway, 'shutting down')
    const ended = [...this.#sockets].map((ws) => new Promise((resolve) => ws.once('close', resolve)))
    for (const ws of this.#sockets) setTimeout(() => ws.terminate(), GOODBYE_MS).unref()
    await Promise.all(ended)
  }

  #join(ws: WebSocket, identity: Identity): void {
    const watcher = new Watcher(ws, identity, {
      facts: (runId) => this.#factsFor(runId, identity),
      watching: (runId, on) => this.#demand.set(runId, on),
      log: this.#deps.log,
    })
    this.#watchers.add(watcher)
    ws.once('close', () => this.#watchers.delete(watcher))
    watcher.send({ type: 'time', nowMs: this.#deps.clock.nowMs() })
  }

  async *#factsFor(runId: Ulid, identity: Identity): AsyncGenerator<readonly SourcedFact[]> {
    const row = await this.#deps.store.runs.byId(runId)
    if (!row || !identity.clients.some((client) => client.clientId === row.clientId)) {
      throw new ChaosError('not-found', `There is no run ${runId}.`)
    }
    yield* this.#deps.runBook.pages(runId)
  }

  #fact(runId: Ulid, fact: SourcedFact): void {
    for (const watcher of this.#watchers) watcher.fact(runId, fact)
  }

  #sample({ hostId, runId, probeId, monoMs, tookMs, status, value }: LiveSample): void {
    const clock = this.#deps.gateway.clock(hostId)
    if (!clock) return
    const atMs = Math.max(0, Math.round(monoMs + clock.offsetMs))
    for (const watcher of this.#watchers) {
      if (watcher.watches(runId))
        watcher.sample({ type: 'sample', runId, hostId, probeId, atMs, tookMs, status, value })
    }
  }

  /** A run holds its hosts from its first row to its end, and what a host says later may change what is known of it. */
  #notifyOfHosts({ runId, endedMs }: RunRow): void {
    if (endedMs !== null) this.#open.delete(runId)
    else if (this.#open.has(runId)) return
    else this.#open.add(runId)
    if (this.#watchers.size === 0) return
    this.#deps.store.runs
      .hostsOf(runId)
      .then((hostIds) => hostIds.forEach((hostId) => void this.hostChanged(hostId)))
      .catch((error: unknown) => this.#deps.log.warn({ runId, err: error }, 'watchers were not notified'))
  }

  async #notifyOfHost(hostId: HostId): Promise<void> {
    if (this.#watchers.size === 0) return
    const stored = await this.#deps.store.hosts.byId(hostId)
    if (!stored) return
    const host = await this.#deps.hosts.view(stored)
    this.#toClient(stored.clientId, (watcher) => watcher.send({ type: 'host', host }))
  }

  #toClient(clientId: Ulid, notify: (watcher: Watcher) => void): void {
    for (const watcher of this.#watchers) if (watcher.sees(clientId)) notify(watcher)
  }

  #tick(): void {
    const nowMs = this.#deps.clock.nowMs()
    for (const watcher of this.#watchers) {
      if (watcher.identity.expiresMs <= nowMs) watcher.close(WatcherClose.loggedOut, 'the session has ended')
      else watcher.send({ type: 'time', nowMs })
    }
  }
}
