import { awaitedAlerts, ChaosError, type ControllerEvent, type Plan, type Run, type Ulid } from '@chaos-lite/shared'
import type { RunRow, StopAllView } from '@chaos-lite/shared/api'
import { ulid } from 'ulid'
import { type Answer, Replies } from './replies.ts'
import type { RunsDeps } from './runs-deps.ts'
import type { Sequence, StopCause } from './sequence/context.ts'
import { holdsThroughLoss } from './sequence/look.ts'
import { makeSequence } from './sequence/make-sequence.ts'
import { openHost } from './sequence/preflight.ts'
import { recordOrLog } from './sequence/record.ts'
import { finish, refuse, runSequence } from './sequence/sequence.ts'
import { stopAllView } from './stop-all.ts'
import { StopTimes } from './stop-times.ts'

/** The slot of the timetable that a run answers. */
export type Slot = Extract<ControllerEvent, { type: 'run.slot' }>

interface UnderWay {
  readonly sequence: Sequence
  readonly done: Promise<Run>
}

/** How long a lost host may be away before a failure held on it ends the run: its lease has lapsed by then. */
const LOST_AFTER_MS = 12_000

/** The runs under way: starting, stopping, answering, and ending truthfully what an earlier controller left behind. */
export class Runs {
  readonly #deps: RunsDeps
  readonly #underWay = new Map<Ulid, UnderWay>()
  readonly #lost = new Map<string, NodeJS.Timeout>()
  readonly #unlisten: () => void
  /** How often everything of a client was stopped, and when that was, the last time. */
  readonly #stops = new Map<Ulid, number>()
  readonly #stopTimes: StopTimes
  readonly #replies: Replies
  #closing = false

  constructor(deps: RunsDeps) {
    this.#deps = deps
    this.#stopTimes = new StopTimes(deps.store.stops, deps.log)
    this.#replies = new Replies({ book: deps.book, runUnderWay: (runId) => this.#runUnderWay(runId) })
    const failed = (error: unknown) => deps.log.error({ err: error }, 'a change of a link was not taken into account')
    this.#unlisten = deps.gateway.listen({
      online: (hostId) => void this.#hostOnline(hostId).catch(failed),
      offline: (hostId) => void this.#hostOffline(hostId).catch(failed),
    })
  }

  /** Starts a plan that was looked at. Throws `plan-changed` when the fingerprint is another, `host-busy` when held. */
  async start(
    request: { planId: Ulid; digest: string },
    clientId: Ulid,
    by: string,
    slot: Omit<Slot, 'runId' | 'type'> | null = null,
  ): Promise<RunRow> {
    const stops = this.#stops.get(clientId)
    const plan = await this.#deps.store.plans.byId(request.planId)
    if (plan === null || plan.clientId !== clientId)
      throw new ChaosError('not-found', `There is no plan ${request.planId}; plan the drill again.`)
    if (plan.digest !== request.digest)
      throw new ChaosError('plan-changed', 'The fingerprint is not that of this plan; look at the plan again.')
    if (this.#closing) throw new ChaosError('wrong-state', 'The controller is shutting down.')
    const runId = ulid()
    await this.#deps.book.begin(runId, plan, by)
    const sequence = makeSequence(this.#deps, runId, plan)
    const approved = this.#approve(runId, plan, by, slot)
    this.#track(
      sequence,
      approved.then(
        () => runSequence(sequence),
        () => refuse(sequence),
      ),
    )
    // From here on it can be stopped. Whoever stopped everything a moment earlier meant this run as well.
    if (this.#stops.get(clientId) !== stops) await sequence.stop('stop all', 'everything was stopped while it started')
    await approved
    return this.#rowOf(runId)
  }

  /** Resolves when the run has ended; null when it is not under way here. */
  ended(runId: Ulid): Promise<Run> | null {
    return this.#underWay.get(runId)?.done ?? null
  }

  async abort(runId: Ulid, by: string, reason: string): Promise<RunRow> {
    await this.#stop(runId, 'person', by, reason)
    return this.#rowOf(runId)
  }

  /** Stops every run of these clients. The view names every host until the last one has confirmed. */
  async stopAll(clientIds: readonly Ulid[], by: string): Promise<StopAllView> {
    for (const clientId of clientIds) {
      this.#stopTimes.note(clientId, Math.round(this.#deps.clock.nowMs()))
      this.#stops.set(clientId, (this.#stops.get(clientId) ?? 0) + 1)
    }
    const ours = [...this.#underWay.values()].filter(({ sequence }) => clientIds.includes(sequence.plan.clientId))
    const stops = ours.map(({ sequence }) => sequence.stop('stop all', 'everything was stopped', by))
    await Promise.all(stops)
    return this.stopAllView(clientIds)
  }

  stopAllView(clientIds: readonly Ulid[]): Promise<StopAllView> {
    return stopAllView(this.#deps, clientIds, (clientId) => this.#stopTimes.of(clientId))
  }

  async answer(runId: Ulid, stepId: string, answer: Answer, by: string): Promise<RunRow> {
    await this.#replies.answer(runId, stepId, answer, by)
    return this.#rowOf(runId)
  }

  /** An expected alert was seen: through the webhook, or by a person. It counts once its failure is in place. */
  async acknowledge(runId: Ulid, stepId: string, by: string, via: 'webhook' | 'person'): Promise<RunRow> {
    await this.#replies.acknowledge(runId, stepId, by, via)
    return this.#rowOf(runId)
  }

  /** The expected alerts of a drill that an incoming webhook may answer now, oldest first. */
  awaitedAlerts(drill: string, clientId: Ulid): { runId: Ulid; stepId: string }[] {
    return [...this.#underWay.keys()].flatMap((runId) => {
      const run = this.#deps.book.current(runId)
      if (run?.plan?.drill !== drill || run.plan.clientId !== clientId) return []
      return awaitedAlerts(run).map((stepId) => ({ runId, stepId }))
    })
  }

  async note(runId: Ulid, note: string, by: string): Promise<RunRow> {
    await this.#deps.book.record({ type: 'observation.noted', runId, by, note })
    return this.#rowOf(runId)
  }

  /** Takes up the runs that an earlier controller left in the middle: rolls back, waits for the hosts, ends them. */
  async reconcile(): Promise<void> {
    for (const row of await this.#deps.store.runs.unended()) {
      // A stored fact that cannot be read is reported; it keeps no other run from being ended, and nobody from starting.
      const run = await this.#deps.book.get(row.runId).catch((error: unknown) => {
        return this.#deps.log.error({ err: error, runId: row.runId }, 'the facts of a run cannot be read')
      })
      if (run?.plan == null || run.runId === null) continue
      if (run.phase === 'ended') {
        await this.#deps.book.repairRow(run.runId)
        continue
      }
      const sequence = makeSequence(this.#deps, run.runId, run.plan)
      await this.#deps.book.record({ type: 'controller.restarted', runId: run.runId })
      await sequence.stop('controller restarted', 'the controller was restarted in the middle of the run')
      for (const host of run.plan.hosts) this.#deps.gateway.renewLease(host.hostId, run.runId, false)
      this.#track(sequence, finish(sequence, 'abort'))
    }
  }

  /** Accepts no new runs and ends the watching; hosts roll themselves back when their leases lapse. */
  async close(): Promise<void> {
    this.#closing = true
    this.#unlisten()
    this.#stopTimes.close()
    for (const timer of this.#lost.values()) clearTimeout(timer)
  }

  async #approve(runId: Ulid, plan: Plan, by: string, slot: Omit<Slot, 'runId' | 'type'> | null): Promise<void> {
    const { book } = this.#deps
    if (slot !== null) await book.record({ type: 'run.slot', runId, ...slot })
    await book.record({ type: 'run.approved', runId, by, digest: plan.digest })
  }

  #track(sequence: Sequence, done: Promise<Run>): void {
    const { runId } = sequence
    this.#underWay.set(runId, { sequence, done })
    done
      .catch((error: unknown) => {
        this.#deps.log.error({ err: error, runId }, 'a run could not be ended')
        // Nobody watches it any more: its hosts roll themselves back.
        for (const { hostId } of sequence.plan.hosts) this.#deps.gateway.renewLease(hostId, runId, false)
      })
      .finally(() => this.#underWay.delete(runId))
  }

  async #stop(runId: Ulid, cause: StopCause, by: string, reason: string): Promise<void> {
    const open = this.#underWay.get(runId)
    if (open === undefined) throw new ChaosError('wrong-state', 'This run is not under way.')
    await open.sequence.stop(cause, reason, by)
  }

  #runUnderWay(runId: Ulid): Run {
    const run = this.#underWay.has(runId) ? this.#deps.book.current(runId) : null
    if (run === null) throw new ChaosError('wrong-state', 'This run is not under way.')
    return run
  }

  async #rowOf(runId: Ulid): Promise<RunRow> {
    const run = await this.#deps.book.get(runId)
    if (run === null) throw new ChaosError('not-found', `There is no run ${runId}.`)
    return this.#deps.book.row(run)
  }

  #of(hostId: string): Sequence[] {
    return [...this.#underWay.values()]
      .map(({ sequence }) => sequence)
      .filter(({ plan }) => plan.hosts.some((host) => host.hostId === hostId))
  }

  async #hostOnline(hostId: string): Promise<void> {
    clearTimeout(this.#lost.get(hostId))
    this.#lost.delete(hostId)
    for (const sequence of this.#of(hostId)) {
      await recordOrLog(this.#deps, { type: 'host.online', runId: sequence.runId, hostId })
      // Its probes may have died with its agent; opening anew does nothing where they still run. Also while putting
      // back: the health checks run once more before the end.
      await openHost(sequence, hostId)
    }
  }

  async #hostOffline(hostId: string): Promise<void> {
    const affected = this.#of(hostId)
    if (affected.length === 0) return
    // Before anything is waited for: the host may be back by then.
    clearTimeout(this.#lost.get(hostId))
    const timer = setTimeout(() => {
      if (this.#deps.gateway.isOnline(hostId)) return
      for (const sequence of this.#of(hostId)) {
        if (holdsThroughLoss(sequence.plan, hostId)) continue
        const name = sequence.plan.hosts.find((host) => host.hostId === hostId)?.name ?? hostId
        void sequence.stop('host lost', `${name} has had no link for ${LOST_AFTER_MS / 1000} s`)
      }
    }, LOST_AFTER_MS)
    timer.unref()
    this.#lost.set(hostId, timer)
    for (const { runId } of affected) await recordOrLog(this.#deps, { type: 'host.offline', runId, hostId })
  }
}
