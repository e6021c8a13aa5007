import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import {
  type ControllerEvent,
  type ControllerFact,
  type Digest,
  type Plan,
  type Run,
  type RunRow,
  reduce,
  type SourcedFact,
  startRun,
  type Ulid,
} from '@chaos-lite/shared'
import type { Store } from '../store/store.ts'
import type { Clock } from './clock.ts'
import { digestOf } from './plan/digest.ts'
import type { RunBook } from './run-book.ts'
import { rowOf } from './run-row.ts'

interface OpenRun {
  run: Run
  row: RunRow
  readonly facts: SourcedFact[]
}

/** Longer, and Node.js would end the timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

type Listener = Parameters<RunBook['listen']>[0]

/** The run book over a store. One controller process writes its own facts through one of these. */
export class StoredRunBook implements RunBook {
  readonly #store: Store
  readonly #clock: Clock
  readonly #epoch = randomBytes(16).toString('hex')
  readonly #bootId = bootId()
  readonly #open = new Map<Ulid, OpenRun>()
  readonly #listeners = new Set<Listener>()
  #seq = 0
  #prev: Digest | null = null
  /** The controller's own facts are written strictly one after another: each names the digest of the one before. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** Begins a run: its row, then its first fact. Throws `host-busy` when a host is held by another run. */
  begin(runId: Ulid, plan: Plan, requestedBy: string): Promise<Run> {
    return this.#begin({ type: 'run.planned', runId, plan, requestedBy }, plan)
  }

  /** Begins the record of a slot of the timetable that no run will answer: it holds no host. */
  beginSlot(slot: Extract<ControllerEvent, { type: 'run.slot' }>): Promise<Run> {
    return this.#begin(slot, null)
  }

  async #begin(event: ControllerEvent, plan: Plan | null): Promise<Run> {
    const { runId } = event
    const empty = { run: startRun(), facts: [] }
    const preview = reduce(empty.run, this.#sourced(this.#next(event)))
    const row = rowOf(preview, this.#clock.nowMs())
    const hostIds = (plan?.hosts ?? []).map((host) => host.hostId)
    await this.#store.runs.create(row, plan, hostIds)
    this.#open.set(runId, { ...empty, row })
    this.#forgetOldest()
    return this.record(event)
  }

  async get(runId: Ulid): Promise<Run | null> {
    return (await this.#load(runId))?.run ?? null
  }

  current(runId: Ulid): Run | null {
    return this.#open.get(runId)?.run ?? null
  }

  async facts(runId: Ulid): Promise<readonly SourcedFact[]> {
    return (await this.#load(runId))?.facts ?? []
  }

  record(event: ControllerEvent): Promise<Run> {
    const written = this.#tail.then(() => this.#write(event))
    // The next fact is written even when this one could not be; its caller learns why.
    this.#tail = written.catch(() => undefined)
    return written
  }

  async ingested(facts: readonly SourcedFact[]): Promise<void> {
    for (const fact of facts) {
      const runId = runOf(fact)
      if (runId === null) continue
      const loaded = this.#open.has(runId)
      const open = await this.#load(runId)
      // A run that was only now read from the store has these facts in it already.
      if (open !== null && loaded) this.#apply(runId, open, fact)
      else if (open !== null) this.#publish(runId, fact)
    }
    await this.#saveRows(facts)
  }

  until(
    runId: Ulid,
    done: (run: Run) => boolean,
    options: { withinMs: number; signal?: AbortSignal },
  ): Promise<Run | null> {
    const now = this.current(runId)
    if (now !== null && done(now)) return Promise.resolve(now)
    if (options.signal?.aborted) return Promise.resolve(null)
    return new Promise((resolve) => {
      const finish = (run: Run | null) => {
        clearTimeout(timer)
        unlisten()
        options.signal?.removeEventListener('abort', onAbort)
        resolve(run)
      }
      const onAbort = () => finish(null)
      const timer = setTimeout(onAbort, Math.min(Math.max(0, options.withinMs), LONGEST_TIMER_MS))
      const unlisten = this.listen({
        fact: (changed) => {
          const run = this.current(runId)
          if (changed === runId && run !== null && done(run)) finish(run)
        },
      })
      options.signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  row(run: Run): RunRow {
    return rowOf(run, this.#clock.nowMs())
  }

  async #write(event: ControllerEvent): Promise<Run> {
    const open = await this.#load(event.runId)
    if (open === null) throw new Error(`There is no run ${event.runId}.`)
    const fact = this.#next(event)
    const line = JSON.stringify(fact)
    const digest = digestOf(line)
    const incoming = { epoch: fact.epoch, seq: fact.seq, prev: fact.prev, digest, runId: event.runId, line, event }
    await this.#store.facts.append(open.row.clientId, [incoming], this.#clock.nowMs())
    this.#seq += 1
    this.#prev = digest
    this.#apply(event.runId, open, this.#sourced(fact))
    await this.#store.runs.update(open.row)
    this.#emitRow(open.row)
    return open.run
  }

  #next(event: ControllerEvent): ControllerFact {
    const at = { bootId: this.#bootId, monoMs: Math.round(performance.now()), wallMs: this.#clock.nowMs() }
    return { v: 1, epoch: this.#epoch, seq: this.#seq, prev: this.#prev, at, event }
  }

  #sourced(fact: ControllerFact): SourcedFact {
    return { source: 'controller', fact, receivedMs: fact.at.wallMs }
  }

  #apply(runId: Ulid, open: OpenRun, fact: SourcedFact): void {
    open.facts.push(fact)
    open.run = reduce(open.run, fact)
    open.row = rowOf(open.run, open.row.startedMs)
    this.#publish(runId, fact)
  }

  #publish(runId: Ulid, fact: SourcedFact): void {
    for (const listener of this.#listeners) listener.fact?.(runId, fact)
  }

  #emitRow(row: RunRow): void {
    for (const listener of this.#listeners) listener.row?.(row)
  }

  /** Facts of agents change rows as well: one write per run and batch. */
  async #saveRows(facts: readonly SourcedFact[]): Promise<void> {
    for (const runId of new Set(facts.map(runOf))) {
      const open = runId === null ? undefined : this.#open.get(runId)
      if (open === undefined) continue
      await this.#store.runs.update(open.row)
      this.#emitRow(open.row)
    }
  }

  async #load(runId: Ulid): Promise<OpenRun | null> {
    const known = this.#open.get(runId)
    if (known !== undefined) return known
    const row = await this.#store.runs.byId(runId)
    if (row === null) return null
    const facts = [...(await this.#store.facts.ofRun(runId))]
    const raced = this.#open.get(runId)
    if (raced !== undefined) return raced
    const open = { run: facts.reduce(reduce, startRun()), row, facts }
    this.#open.set(runId, open)
    this.#forgetOldest()
    return open
  }

  /** Ended runs stay in memory for a while for late facts and watchers; a bounded number of them. */
  #forgetOldest(): void {
    const KEPT = 200
    for (const [runId, open] of this.#open) {
      if (this.#open.size <= KEPT) return
      if (open.run.phase === 'ended') this.#open.delete(runId)
    }
  }
}

/** The run a fact speaks of, or null. */
export function runOf({ fact }: SourcedFact): Ulid | null {
  return 'runId' in fact.event ? fact.event.runId : null
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return 'unknown'
  }
}
