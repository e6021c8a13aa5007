import {
  type ControllerEvent,
  type Plan,
  type Run,
  reduce,
  type SourcedFact,
  type StoreEvent,
  startRun,
  type Ulid,
} from '@chaos-lite/shared'
import type { RunRow } from '@chaos-lite/shared/api'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import { inSlices } from '../turn.ts'
import { factPages, reduceStored } from './fact-pages.ts'
import { InOrder } from './in-order.ts'
import type { Beginning, Grouped, OpenRun, Waiting } from './open-run.ts'
import { OwnFacts } from './own-facts.ts'
import { RowKeeper } from './row-keeper.ts'
import type { RunBook } from './run-book.ts'
import { rowOf, runOf } from './run-row.ts'
import { until } from './until.ts'

type Of<T extends ControllerEvent['type']> = Extract<ControllerEvent, { type: T }>

type Listener = Parameters<RunBook['listen']>[0]

/** The run book over a store. One controller process writes its own facts through one of these. */
export class StoredRunBook implements RunBook {
  readonly #store: Store
  readonly #clock: Clock
  readonly #own: OwnFacts
  readonly #open = new Map<Ulid, OpenRun>()
  readonly #loading = new Map<Ulid, Promise<OpenRun | null>>()
  readonly #applying = new InOrder()
  readonly #listeners = new Set<Listener>()
  /** In the order in which they were asked for; what gathers during one commit is committed together by the next. */
  #waiting: Waiting[] = []
  #beginning: Beginning[] = []
  #writing = false
  readonly #rows: RowKeeper

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
    this.#own = new OwnFacts(store, clock)
    this.#rows = new RowKeeper(store.runs, (row) => this.#emitRow(row))
  }

  /** Begins a run: its row and its first fact together. Throws `host-busy` when a host is held by another run. */
  begin(runId: Ulid, plan: Plan, requestedBy: string): Promise<Run> {
    return this.#begin([{ type: 'run.planned', runId, plan, requestedBy }], plan)
  }

  /** The record of a slot of the timetable that no run answers: begun and ended in one commit, it holds no host. */
  slot(slot: Of<'run.slot'>, ended: Of<'run.ended'>): Promise<Run> {
    return this.#begin([slot, ended], null)
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

  pages(runId: Ulid): AsyncGenerator<readonly SourcedFact[]> {
    return factPages(this.#store, runId)
  }

  async record(event: ControllerEvent): Promise<Run> {
    // Facts of other runs are not to wait while a long one is read from the store.
    if (!this.#open.has(event.runId)) await this.#load(event.runId)
    return new Promise((done, failed) => {
      this.#waiting.push({ event, done, failed })
      if (!this.#writing) void this.#writeAll()
    })
  }

  /** A fact of no run. To be called before the first one of a run: one writer at a time. */
  async note(clientId: Ulid, event: StoreEvent): Promise<void> {
    await this.#own.appendOutside(clientId, event)
  }

  async ingested(facts: readonly SourcedFact[]): Promise<void> {
    // Those of one host in their order, however long its batches take; other hosts do not wait for it.
    const source = facts[0]?.source === 'agent' ? facts[0].hostId : ''
    await this.#applying.run(source, () => this.#applyAll(facts))
  }

  async #applyAll(facts: readonly SourcedFact[]): Promise<void> {
    const pause = inSlices()
    for (const fact of facts) {
      const runId = runOf(fact)
      const open = runId === null ? null : await this.#load(runId)
      // Where the run was only now read from the store and has it already, it changes nothing.
      if (runId !== null && open !== null) this.#apply(runId, open, fact)
      await pause()
    }
    await this.#saveRows(facts)
  }

  until(...[runId, done, options]: Parameters<RunBook['until']>): Promise<Run | null> {
    return until(this, runId, done, options)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  row(run: Run): RunRow {
    return rowOf(run, this.#clock.nowMs())
  }

  #begin(events: readonly ControllerEvent[], plan: Plan | null): Promise<Run> {
    return new Promise((done, failed) => {
      this.#beginning.push({ events, plan, done, failed })
      if (!this.#writing) void this.#writeAll()
    })
  }

  /** Never rejects: whoever asked for a fact that could not be written learns why. */
  async #writeAll(): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0 || this.#beginning.length > 0) {
      for (const one of this.#beginning.splice(0)) await this.#writeFirst(one).then(one.done, one.failed)
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

  /** One commit for a run's row and first facts: when they find no room, there is no run, and no host is held by one. */
  async #writeFirst({ events, plan }: Beginning): Promise<Run> {
    const hostIds = (plan?.hosts ?? []).map((host) => host.hostId)
    const { open, facts } = await this.#own.appendBy(events, async (lines, facts) => {
      const run = facts.reduce(reduce, startRun())
      const row = rowOf(run, this.#clock.nowMs())
      await this.#store.runs.create(row, plan, hostIds, lines)
      return { open: { run, row, stored: JSON.stringify(row) }, facts }
    })
    const { runId } = open.row
    this.#open.set(runId, open)
    this.#forgetOldest()
    for (const fact of facts) this.#publish(runId, fact)
    this.#emitRow(open.row)
    return open.run
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
  async repairRow(runId: Ulid): Promise<void> {
    const open = await this.#load(runId)
    if (open !== null) await this.#rows.save(open)
  }

  async #load(runId: Ulid): Promise<OpenRun | null> {
    const known = this.#open.get(runId)
    if (known !== undefined) return known
    const loading = this.#loading.get(runId) ?? this.#read(runId).finally(() => this.#loading.delete(runId))
    this.#loading.set(runId, loading)
    return loading
  }

  async #read(runId: Ulid): Promise<OpenRun | null> {
    const row = await this.#store.runs.byId(runId)
    if (row === null) return null
    const run = await reduceStored(this.#store, runId)
    const begun = this.#open.get(runId)
    if (begun !== undefined) return begun
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
