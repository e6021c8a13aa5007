import { type Answer, ChaosError, type Order, sentenceOf } from '@chaos-lite/shared'
import type { LeaseAsk } from '../link/index.ts'
import type { SessionDeps } from './deps.ts'
import { startExercise } from './exercise.ts'
import type { AskNumbers } from './lease.ts'
import { OpenRun } from './open-run.ts'
import { answerPrepare } from './prepare-order.ts'
import { accepted, type Refusal, refusalOf, refusedFact } from './refusal.ts'

type Of<N extends Order['name']> = Extract<Order, { name: N }>

/**
 * Executes the controller's orders on this host, one run at a time. It outlives the link: while there is none, probes
 * go on, facts gather in the outbox, and leases run out.
 */
export class Session {
  readonly #deps: SessionDeps
  readonly #asks: AskNumbers = { last: 0 }
  #run: OpenRun | null = null
  #closing: Promise<void> = Promise.resolve()
  #stopped = false
  readonly #unlisten: () => void

  constructor(deps: SessionDeps) {
    this.#deps = deps
    this.#unlisten = deps.engine.onReverted(({ runId }) => {
      if (this.#run?.runId === runId) this.#run.lookNow()
    })
  }

  /** The run that holds this host, or null. */
  get runId(): string | null {
    return this.#run?.runId ?? null
  }

  /** A run is open, or is still being closed. */
  get busy(): boolean {
    return this.#run !== null
  }

  /** Never throws: a refusal is an answer, and a fact. */
  async execute(order: Order): Promise<Answer> {
    const begun = this.#watchForBeginning(order)
    try {
      return await this.#execute(order)
    } catch (thrown) {
      const refusal = refusalOf(thrown)
      // What was started and failed has reported so itself, with everything that came of it.
      if (!begun.seen) this.#reportRefused(order, refusal)
      return refusal
    } finally {
      begun.end()
    }
  }

  /** A question for the lease of the open run, to be sent now; null when there is none, or it is lost. */
  askLease(): LeaseAsk | null {
    const run = this.#run
    const ask = run?.askLease() ?? null
    return run === null || ask === null ? null : { runId: run.runId, ask }
  }

  lease({ runId, ask, ttlMs }: LeaseAsk & { readonly ttlMs: number }): void {
    if (this.#run?.runId === runId) this.#run.renew(ask, ttlMs)
  }

  watch(runId: string, on: boolean): void {
    if (this.#run?.runId === runId) this.#run.watched = on
  }

  linkClosed(): void {
    if (this.#run) this.#run.watched = false
  }

  /** This host takes no further part in its run: everything is rolled back now. */
  async leave(): Promise<void> {
    if (this.#run) await this.#leave(this.#run.runId)
  }

  /** Nothing is executed any more. Rolling back is the engine's, before or after this. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#unlisten()
    const run = this.#run
    this.#run = null
    await run?.abandon()
    await this.#closing
  }

  #execute(order: Order): Promise<Answer> {
    if (this.#stopped && order.name !== 'revert') {
      throw new ChaosError('wrong-state', 'The agent on this host is shutting down: nothing is started any more.')
    }
    switch (order.name) {
      case 'prepare':
        return this.#prepare(order)
      case 'run.open':
        return this.#openRun(order)
      case 'inject':
        return this.#inject(order)
      case 'exercise':
        return this.#exercise(order)
      case 'revert':
        return this.#revert(order)
      case 'run.close':
        return this.#closeRun(order)
    }
  }

  async #prepare(order: Of<'prepare'>): Promise<Answer> {
    const prepared = await answerPrepare(this.#deps, order, (stepId, refusal) =>
      this.#reportRefused(order, refusal, stepId),
    )
    return { ok: true, prepared }
  }

  async #openRun({ runId, probes }: Of<'run.open'>): Promise<Answer> {
    await this.#letGoOfLapsed(runId)
    await this.#closing
    if (this.#run && this.#run.runId !== runId) {
      throw new ChaosError('host-busy', `Run ${this.#run.runId} holds this host: one run at a time.`)
    }
    const fresh = this.#run === null
    // Taken before the first wait, so that two orders at the same moment cannot both have the host.
    const run = this.#run ?? new OpenRun(this.#deps, runId, this.#asks, () => this.#leave(runId))
    this.#run = run
    run.resume()
    try {
      await this.#refuseWhenOccupied(runId)
      await run.startProbes(probes)
    } catch (thrown) {
      if (fresh && this.#run === run) {
        this.#run = null
        await run.abandon()
      }
      throw thrown
    }
    void this.#deps.engine.warm()
    return accepted
  }

  /** A run whose lease was lost and that has nothing open any more does not keep the next one waiting. */
  async #letGoOfLapsed(runId: string): Promise<void> {
    const before = this.#run
    if (!before?.lapsed || before.runId === runId) return
    const { records } = await this.#deps.engine.standings()
    if (records.every(({ head }) => head.runId !== before.runId)) await this.#leave(before.runId)
  }

  /** A rehearsal or something stuck keeps this host from any run that would change it; said before anything begins. */
  async #refuseWhenOccupied(runId: string): Promise<void> {
    const { records, unreadable } = await this.#deps.engine.standings()
    const damaged = unreadable[0]
    if (damaged) throw new ChaosError('journal-unreadable', damaged.reason)
    const stuck = records.find(({ state }) => state === 'stuck')
    if (stuck) {
      const why = stuck.stuckReason ?? 'no reason was recorded'
      throw new ChaosError(
        'host-stuck',
        `${stuck.head.action} could not be rolled back: ${why}. See ${stuck.folder}/UNDO.txt.`,
      )
    }
    const other = records.find(({ head }) => head.runId !== runId)
    if (!other) return
    const who = other.head.runId === null ? 'A rehearsal' : `Run ${other.head.runId}`
    throw new ChaosError('host-busy', `${who} has ${other.head.action} open on this host: one run at a time.`)
  }

  async #inject(order: Of<'inject'>): Promise<Answer> {
    const { name: _, ...request } = order
    const run = this.#holding(order.runId)
    run.noteStep(order.stepId, order.onLinkLoss)
    await this.#deps.engine.inject(request)
    run.lookNow()
    return accepted
  }

  async #exercise(order: Of<'exercise'>): Promise<Answer> {
    const run = this.#holding(order.runId)
    const { runId, stepId, params, withinMs } = order
    const request = { name: order.exercise, runId, stepId, params, withinMs }
    await run.startExercise(() => startExercise(this.#deps, request, (event) => run.facts.add(event)))
    return accepted
  }

  /** Rolling back needs no open run: the journal knows. */
  async #revert({ runId, stepId, cause }: Of<'revert'>): Promise<Answer> {
    if (this.#run?.runId === runId) await this.#run.stopExercises(stepId)
    await this.#deps.engine.revert(stepId === null ? { runId } : { runId, stepId }, cause)
    return accepted
  }

  /** Closing what is not open is done already. */
  async #closeRun({ runId }: Of<'run.close'>): Promise<Answer> {
    if (this.#run?.runId === runId) await this.#leave(runId)
    else await this.#deps.engine.revert({ runId }, 'released early')
    return accepted
  }

  #leave(runId: string): Promise<void> {
    const run = this.#run
    if (run?.runId !== runId) return Promise.resolve()
    this.#closing = run
      .close('released early')
      .catch((thrown: unknown) => this.#deps.warn(`closing run ${runId}: ${sentenceOf(thrown)}`, thrown))
      .finally(() => {
        if (this.#run === run) this.#run = null
      })
    return this.#closing
  }

  #holding(runId: string): OpenRun {
    const run = this.#run
    if (!run || run.runId !== runId) {
      throw new ChaosError('wrong-state', `Run ${runId} is not open on this host; it must be opened first.`)
    }
    if (run.lapsed) {
      throw new ChaosError(
        'wrong-state',
        `The lease of run ${runId} was lost on this host; nothing more is started in it.`,
      )
    }
    return run
  }

  /** Notices whether an inject got as far as changing something before it failed. */
  #watchForBeginning(order: Order): { readonly seen: boolean; end(): void } {
    const state = { seen: false, end: () => {} }
    if (order.name !== 'inject') return state
    state.end = this.#deps.facts.onReported((event) => {
      if (event.type !== 'inject.begun') return
      if (event.runId === order.runId && event.stepId === order.stepId) state.seen = true
    })
    return state
  }

  #reportRefused(order: Order, refusal: Refusal, stepId: string | null = null): void {
    this.#deps.facts
      .report(refusedFact(order, refusal, stepId))
      .catch((thrown: unknown) => this.#deps.warn('a refusal could not be recorded', thrown))
  }
}
