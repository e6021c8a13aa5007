import {
  type ControllerEvent,
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
import { OwnFacts } from './own-facts.ts'
import { type KeptRow, RowKeeper } from './row-keeper.ts'
import type { RunBook } from './run-book.ts'
import { rowOf } from './run-row.ts'

interface OpenRun extends KeptRow {
  run: Run
}

interface Waiting {
  readonly event: ControllerEvent
  readonly done: (run: Run) => void
  readonly failed: (error: unknown) => void
}

type Grouped = Waiting & { readonly open: OpenRun }

/** Longer, and Node.js would end the timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

type Listener = Parameters<RunBook['listen']>[0]

/** The run book over a store. One controller process writes its own facts through one of these. */
export class StoredRunBook implements RunBook {
  readonly #store: Store
  readonly #clock: Clock
  readonly #own: OwnFacts
  readonly #open = new Map<Ulid, OpenRun>()
  readonly #listeners = new Set<Listener>()
  /** In the order in which they were asked for; what gathers during one commit is committed together by the next. */
  #waiting: Waiting[] = []
  #writing = false
  readonly #rows: RowKeeper

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#own = new OwnFacts(store, clock)
    this.#rows = new RowKeeper(store.runs, (row) => this.#emitRow(row))
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
    const run = startRun()
    const preview = reduce(run, this.#own.preview(event))
    const row = rowOf(preview, this.#clock.nowMs())
    const hostIds = (plan?.hosts ?? []).map((host) => host.hostId)
    await this.#store.runs.create(row, plan, hostIds)
    this.#open.set(runId, { run, row, stored: JSON.stringify(row) })
    this.#forgetOldest()
    return this.record(event)
  }

  async get(runId: Ulid): Promise<Run | null> {
    return (await this.#load(runId))?.run ?? null
  }

  current(runId: Ulid): Run | null {
    return this.#open.get(runId)?.run ?? null
  }

  /** Read from the store each time: however many facts a run has, they take no memory while nobody looks. */
  facts(runId: Ulid): Promise<readonly SourcedFact[]> {
    return this.#store.facts.ofRun(runId)
  }

  record(event: ControllerEvent): Promise<Run> {
    return new Promise((done, failed) => {
      this.#waiting.push({ event, done, failed })
      if (!this.#writing) void this.#writeAll()
    })
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

  /** Never rejects: whoever asked for a fact that could not be written learns why. */
  async #writeAll(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const found: Grouped[] = []
      for (const waiting of this.#waiting.splice(0)) {
        const open = await this.#load(waiting.event.runId).catch((error: unknown) => waiting.failed(error))
        if (open) found.push({ ...waiting, open })
        else if (open === null) waiting.failed(new Error(`There is no run ${waiting.event.runId}.`))
      }
      for (const clientId of new Set(found.map(({ open }) => open.row.clientId))) {
        const group = found.filter(({ open }) => open.row.clientId === clientId)
        await this.#write(clientId, group).catch((error: unknown) => {
          for (const { failed } of group) failed(error)
        })
      }
    }
    this.#writing = false
  }

  /** One commit for facts of one client. */
  async #write(clientId: Ulid, group: readonly Grouped[]): Promise<void> {
    const events = group.map(({ event }) => event)
    const facts = await this.#own.append(clientId, events)
    const runs = group.map(({ event, open }, index) => {
      const fact = facts[index]
      if (fact !== undefined) this.#apply(event.runId, open, fact)
      return open.run
    })
    for (const open of new Set(group.map((one) => one.open))) await this.#rows.save(open)
    // From here on the facts count, whatever became of the rows: who asked must not write them a second time.
    for (const [index, { done, open }] of group.entries()) done(runs[index] ?? open.run)
  }

  #apply(runId: Ulid, open: OpenRun, fact: SourcedFact): void {
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
      if (open !== undefined) await this.#rows.save(open)
    }
  }

  /** Writes the row of a run again where it is not what the facts say. */
  async mendRow(runId: Ulid): Promise<void> {
    const open = await this.#load(runId)
    if (open !== null) await this.#rows.save(open)
  }

  async #load(runId: Ulid): Promise<OpenRun | null> {
    const known = this.#open.get(runId)
    if (known !== undefined) return known
    const row = await this.#store.runs.byId(runId)
    if (row === null) return null
    const facts = await this.#store.facts.ofRun(runId)
    const raced = this.#open.get(runId)
    if (raced !== undefined) return raced
    const run = facts.reduce(reduce, startRun())
    // The facts outrank the row: it may be older, when it could not be written before the controller went down.
    const open = { run, row: run.runId === null ? row : rowOf(run, row.startedMs), stored: JSON.stringify(row) }
    this.#open.set(runId, open)
    this.#forgetOldest()
    return open
  }

  /** Ended runs stay in memory for a while for late facts and watchers; a bounded number of them. */
  #forgetOldest(): void {
    const KEPT = 200
    for (const [runId, open] of this.#open) {
      if (this.#open.size <= KEPT) return
      if (open.run.phase === 'ended' && !this.#rows.waits(runId)) this.#open.delete(runId)
    }
  }
}

/** The run a fact speaks of, or null. */
export function runOf({ fact }: SourcedFact): Ulid | null {
  return 'runId' in fact.event ? fact.event.runId : null
}
