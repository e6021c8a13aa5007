import { decode, encode, type SourcedFact, type Ulid } from '@chaos-lite/shared'
import { type LiveFrame, WatcherFrame } from '@chaos-lite/shared/api'
import type { Logger } from 'pino'
import type { WebSocket } from 'ws'
import { Bucket } from '../../limits/index.ts'
import type { Identity } from '../auth/auth.ts'

/** Samples are dropped for a watcher who is this far behind, and the watcher is closed when it is much further. */
const DROP_SAMPLES_BYTES = 512 * 1024
const CLOSE_BYTES = 8 * 1024 * 1024
const FRAMES = { perSecond: 10, burst: 100 }
const MAX_RUNS = 50

/** Codes of RFC 6455 and, above 4000, our own. */
export const WatcherClose = {
  tryAgainLater: 1013,
  malformed: 4400,
  loggedOut: 4401,
  tooMany: 4429,
  goingAway: 1001,
} as const

/** What one watcher reads from. `watching` counts who wants the samples of a run: hosts send none without. */
export interface WatcherDeps {
  /** All facts so far; throws when the run does not exist or belongs to another client. */
  readonly facts: (runId: Ulid) => AsyncIterable<readonly SourcedFact[]>
  readonly watching: (runId: Ulid, on: boolean) => void
  readonly log: Logger
}

/** One watcher's socket. What must not be lost waits for a slow watcher, within bounds; samples do not. */
export class Watcher {
  readonly identity: Identity
  readonly #ws: WebSocket
  readonly #deps: WatcherDeps
  readonly #frames = new Bucket(FRAMES)
  /** Runs that are watched; facts that came while the backlog was being sent wait here. */
  readonly #runs = new Map<Ulid, SourcedFact[] | 'live'>()

  constructor(ws: WebSocket, identity: Identity, deps: WatcherDeps) {
    this.identity = identity
    this.#ws = ws
    this.#deps = deps
    ws.on('message', (data: Buffer, isBinary) => this.#message(data, isBinary))
    ws.on('error', (error) => deps.log.info({ err: error }, "a watcher's link failed"))
    ws.on('close', () => {
      for (const runId of this.#runs.keys()) deps.watching(runId, false)
      this.#runs.clear()
    })
  }

  sees(clientId: Ulid): boolean {
    return this.identity.clients.some((client) => client.clientId === clientId)
  }

  /** Not before its facts were sent: until then nobody has asked whether this watcher may see the run. */
  watches(runId: Ulid): boolean {
    return this.#runs.get(runId) === 'live'
  }

  /** Something that must not be lost. A watcher who is too slow for that is closed, and starts anew. */
  send(frame: LiveFrame): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#ws.bufferedAmount > CLOSE_BYTES) {
      this.close(WatcherClose.tryAgainLater, 'too slow')
      return
    }
    this.#ws.send(encode(frame))
  }

  sample(frame: Extract<LiveFrame, { type: 'sample' }>): void {
    if (this.#ws.bufferedAmount <= DROP_SAMPLES_BYTES) this.send(frame)
  }

  fact(runId: Ulid, fact: SourcedFact): void {
    const state = this.#runs.get(runId)
    if (state === 'live') this.send({ type: 'fact', runId, fact })
    else state?.push(fact)
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason)
  }

  #message(data: Buffer, isBinary: boolean): void {
    if (!this.#frames.take()) {
      this.close(WatcherClose.tooMany, 'too many frames')
      return
    }
    const read = isBinary ? null : decode(WatcherFrame, data.toString('utf8'))
    if (!read?.ok) {
      this.close(WatcherClose.malformed, 'malformed frame')
      return
    }
    const { type, runId } = read.frame
    if (type === 'unwatch') {
      if (this.#runs.delete(runId)) this.#deps.watching(runId, false)
    } else if (!this.#runs.has(runId)) {
      if (this.#runs.size >= MAX_RUNS) {
        this.close(WatcherClose.tooMany, 'too many runs')
        return
      }
      void this.#begin(runId)
    }
  }

  /** First everything so far, then what came meanwhile, then live: nothing is missed, nothing comes twice. */
  async #begin(runId: Ulid): Promise<void> {
    const meanwhile: SourcedFact[] = []
    this.#runs.set(runId, meanwhile)
    this.#deps.watching(runId, true)
    try {
      const sent = new Set<string>()
      for await (const facts of this.#deps.facts(runId)) {
        for (const fact of facts) sent.add(keyOf(fact))
        await this.#sendAndWait({ type: 'backlog', runId, facts: [...facts], complete: false })
        // Whoever left, or looks away, is sent no more.
        if (this.#runs.get(runId) !== meanwhile) return
      }
      if (this.#runs.get(runId) !== meanwhile) return
      this.#runs.set(runId, 'live')
      const rest = meanwhile.filter((fact) => !sent.has(keyOf(fact)))
      this.send({ type: 'backlog', runId, facts: rest, complete: true })
    } catch (error) {
      if (this.#runs.delete(runId)) this.#deps.watching(runId, false)
      this.#deps.log.info({ runId, err: error }, 'a run could not be watched')
      // The same for a run that does not exist and for somebody else's.
      this.close(WatcherClose.malformed, 'no such run')
    }
  }

  #sendAndWait(frame: LiveFrame): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ws.send(encode(frame), (error) => (error ? reject(error) : resolve()))
    })
  }
}

function keyOf(fact: SourcedFact): string {
  return `${fact.source === 'agent' ? fact.hostId : ''} ${fact.fact.epoch} ${fact.fact.seq}`
}
