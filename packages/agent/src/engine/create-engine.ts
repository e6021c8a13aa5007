import { ChaosError, type RevertCause } from '@chaos-lite/shared'
import type { JournalRecord } from '../journal/index.ts'
import type { Lock } from '../lock/index.ts'
import { isHalted, refuseWhenHalted } from './admission.ts'
import type { EngineDeps } from './deps.ts'
import { putBackAllEarly } from './early.ts'
import { EffectWatch } from './effect-watch.ts'
import type {
  Engine,
  InjectRequest,
  Prepared,
  PrepareRequest,
  RevertOutcome,
  Selection,
  Standings,
  Waiting,
} from './engine.ts'
import { type Flight, matches, newFlight } from './flight.ts'
import { HaltWatch } from './halt.ts'
import { Holds } from './holds.ts'
import { injectOne } from './inject.ts'
import { News } from './news.ts'
import { prepareOnly, sweepPrepared } from './prepare.ts'
import { flushFacts, reportUnreported } from './report.ts'
import { Retries } from './retries.ts'
import { dropUnbegun, putBack, waitsForBoot, workMs } from './roll-back.ts'
import { sweepFailsafe } from './sweep-failsafe.ts'
import { takeLock, type Wanted } from './take-lock.ts'
import { urgencyOf } from './urgency.ts'

/** An inject does not wait long for another process: the controller wants an answer. */
const INJECT_LOCK_MS = 5_000

/** The engine of this host. Several may exist at once, in several processes: see `Engine`. */
export function createEngine(deps: EngineDeps): Engine {
  return new HostEngine(deps)
}

class HostEngine implements Engine {
  readonly #deps: EngineDeps
  readonly #holds: Holds
  readonly #halt: HaltWatch
  readonly #effects: EffectWatch
  readonly #retries: Retries
  readonly #news: News
  readonly #flights = new Set<Flight>()
  #locks = 0
  #queue: Promise<unknown> = Promise.resolve()
  #closed = false

  constructor(deps: EngineDeps) {
    this.#deps = deps
    const warn = (message: string, cause: unknown) => deps.warn(message, cause)
    this.#holds = new Holds({
      clock: deps.host.clock,
      onEnd: (recordId) => this.revert({ recordId }, 'hold ended'),
      warn,
    })
    this.#news = new News(warn)
    this.#effects = new EffectWatch(deps, (recordId, reason) => this.#news.effectLost(recordId, reason))
    this.#retries = new Retries({ again: (recordId) => this.#tryAgain(recordId), warn })
    this.#halt = new HaltWatch({
      isHalted: () => isHalted(deps.haltFile),
      isBusy: () => this.#flights.size > 0 || this.#holds.any,
      onHalt: () => this.revert({}, 'halt'),
      warn,
    })
  }

  get isBusy(): boolean {
    return this.#flights.size > 0 || this.#holds.any || this.#locks > 0
  }

  prepare(request: PrepareRequest): Promise<Prepared> {
    return prepareOnly(this.#deps, request)
  }

  async warm(): Promise<void> {
    await this.#deps.failsafe.warm()
  }

  async inject(request: InjectRequest): Promise<JournalRecord> {
    const flight = newFlight(request)
    const work = this.#inject(request, flight)
    flight.ended = work.then(
      () => undefined,
      () => undefined,
    )
    return work
  }

  async #inject(request: InjectRequest, flight: Flight): Promise<JournalRecord> {
    this.#flights.add(flight)
    this.#halt.wake()
    try {
      return await this.#alone(async () => {
        if (this.#closed)
          throw new ChaosError('wrong-state', 'The agent is shutting down: nothing is started any more.')
        using lock = await this.#deps.locker.acquire(INJECT_LOCK_MS)
        const record = await injectOne(this.#deps, request, flight, lock)
        this.#holds.start(record.head)
        this.#effects.start(record)
        return record
      })
    } finally {
      this.#flights.delete(flight)
      if (flight.outcome !== null) this.#reverted(flight.outcome)
      else this.#news.changed()
    }
  }

  async revert(selection: Selection, cause: RevertCause, waiting: Waiting = {}): Promise<readonly RevertOutcome[]> {
    const called = await this.#callBack(selection, cause)
    const urgency = () => urgencyOf(this.#deps, selection, cause)
    const outcomes = await this.#locked({ ...waiting, urgency }, async (lock) => {
      const { records } = await this.#deps.journal.list()
      this.#holds.keepOnly(records.map(({ head }) => head.recordId))
      const selected = records.filter((record) => matches(selection, record.head))
      const oldest = selected.at(-1)
      if (oldest === undefined) return []
      // Injects overlap, and always revert newest first: what came later goes before.
      const due = records.filter((record) => record.head.recordId >= oldest.head.recordId)
      return this.#putBackAll(due, cause, lock)
    })
    return [...called, ...outcomes]
  }

  async recover(
    phase: 'early' | 'all' = 'all',
    isRehearsing: () => Promise<boolean> = async () => false,
  ): Promise<readonly RevertOutcome[]> {
    return this.#locked({ urgency: () => urgencyOf(this.#deps, {}, 'recovery') }, async (lock) => {
      if (phase === 'early') return putBackAllEarly(this.#deps, lock, (outcome) => this.#reverted(outcome))
      // Asked under the lock: whoever begins to rehearse now injects after this.
      const spare = await isRehearsing()
      if (!spare) await sweepPrepared(this.#deps.scratch)
      // Tidying can wait; the host cannot: one bad entry, or a read-only file system, must not keep the others changed.
      await this.#deps.journal.sweep().catch((thrown) => this.#deps.warn('the journal could not be tidied', thrown))
      const { records } = await this.#deps.journal.list()
      const left = spare ? records.filter(({ head }) => head.runId !== null) : records
      const outcomes = await this.#putBackAll(left, 'recovery', lock)
      await sweepFailsafe(this.#deps)
      await reportUnreported(this.#deps)
      return outcomes
    })
  }

  refuseWhenHalted(): Promise<void> {
    return refuseWhenHalted(this.#deps.haltFile)
  }

  async standings(): Promise<Standings> {
    const [listing, halted] = await Promise.all([this.#deps.journal.list(), isHalted(this.#deps.haltFile)])
    return { ...listing, halted }
  }

  readonly onChange: Engine['onChange'] = (listener) => this.#news.onChange(listener)
  readonly onReverted: Engine['onReverted'] = (listener) => this.#news.onReverted(listener)
  readonly onEffectLost: Engine['onEffectLost'] = (listener) => this.#news.onEffectLost(listener)

  async shutdown(cause: RevertCause): Promise<readonly RevertOutcome[]> {
    this.#closed = true
    return this.revert({}, cause)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#holds.stopAll()
    this.#halt.stop()
    this.#effects.stopAll()
    this.#retries.stopAll()
    await flushFacts(this.#deps)
    await this.#deps.failsafe[Symbol.asyncDispose]()
  }

  /** Stops injects that the selection meets, or that are newer than a record it meets; they rolled back by themselves. */
  async #callBack(selection: Selection, cause: RevertCause): Promise<RevertOutcome[]> {
    const flights = [...this.#flights]
    if (flights.length === 0) return []
    const { records } = await this.#deps.journal.list()
    const meetsOpen = records.some(
      (record) =>
        matches(selection, record.head) && !flights.some((flight) => flight.recordId === record.head.recordId),
    )
    const met = flights.filter((flight) => meetsOpen || matches(selection, flight))
    for (const flight of met) {
      flight.cause = cause
      flight.abort.abort()
    }
    await Promise.all(met.map((flight) => flight.ended))
    return met.flatMap((flight) => (flight.outcome === null ? [] : [flight.outcome]))
  }

  async #putBackAll(
    newestFirst: readonly JournalRecord[],
    cause: RevertCause,
    lock: Lock | null,
  ): Promise<RevertOutcome[]> {
    const outcomes: RevertOutcome[] = []
    for (const record of newestFirst) {
      this.#holds.stop(record.head.recordId)
      const isWatched = this.#effects.stop(record.head.recordId)
      lock?.working?.(workMs(record.head))
      if (await waitsForBoot(this.#deps, record)) continue
      if (isWatched) await this.#effects.lastLook(record, cause)
      const work = record.state === 'armed' ? dropUnbegun : putBack
      const outcome = await work(this.#deps, record, cause)
      outcomes.push(outcome)
      this.#reverted(outcome)
    }
    return outcomes
  }

  /** One more attempt for what is stuck. What was never started is left to a person, and what is gone is done. */
  async #tryAgain(recordId: string): Promise<void> {
    const record = await this.#deps.journal.read(recordId)
    if (record !== null && record.state !== 'armed') await this.revert({ recordId }, 'tried again')
  }

  /** Under the lock; and without it where it cannot be had, because the host must come back. */
  #locked<T>(wanted: Wanted, work: (lock: Lock | null) => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      this.#locks += 1
      let lock: Lock | null = null
      try {
        lock = await takeLock(this.#deps, wanted)
        return await work(lock)
      } finally {
        lock?.[Symbol.dispose]()
        this.#locks -= 1
      }
    })
  }

  /** One thing after the other within this process. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work)
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  #reverted(outcome: RevertOutcome): void {
    this.#retries.note(outcome)
    this.#news.reverted(outcome)
  }
}
