import { ChaosError, LEASE_TTL_MS, type ProbeOrder, type RevertCause } from '@chaos-lite/shared'
import type { Policy } from '../policy/index.ts'
import { type SampleCounts, type Sampler, startSampler } from '../probes/index.ts'
import type { SessionDeps } from './deps.ts'
import type { RunningExercise } from './exercise.ts'
import { FactQueue } from './fact-queue.ts'
import { type AskNumbers, Lease } from './lease.ts'

/** A run whose lease was lost is closed by this host itself when nothing is open any more for so long. */
const ABANDONED_AFTER_MS = 15 * 60_000
/** A revert begins within two seconds, whatever an exercise does. */
const CLEAN_UP_MS = 1_500
/** As many as one order can name; however often the run is opened again. */
const MOST_PROBES = 100
/** Harmless probes need no line of the owner's: without this, looking alone could keep a host busy. */
const MOST_LOOKS_PER_SECOND = 400
/** A drill does one restore after the other; each takes room and time of the host. */
const MOST_EXERCISES = 4
/** How long a look that is under way at the end of a run is waited for. */
const LAST_LOOK_MS = 8_000

/** One run on this host: its lease, its probes, its exercises. Only one is open at a time. */
export class OpenRun {
  readonly runId: string
  readonly facts: FactQueue
  readonly #deps: SessionDeps
  readonly #probes = new Map<string, Sampler>()
  #looksPerSecond = 0
  #starting = 0
  /** Its probes were ended: none begins any more. */
  #over = false
  readonly #exercises = new Set<RunningExercise>()
  /** Steps that were ordered here, newest last, and what becomes of them when the link is lost. */
  readonly #steps = new Map<string, 'revert' | 'hold'>()
  readonly #stop = new AbortController()
  readonly #onAbandoned: () => void
  readonly #asks: AskNumbers
  #lease: Lease
  #abandoned: NodeJS.Timeout | undefined
  /** A lease came that nobody had asked for: reported once. */
  #strangeLease = false
  /** The lease was lost: nothing is injected in this run any more, unless the controller opens it again. */
  lapsed = false
  watched = false

  constructor(deps: SessionDeps, runId: string, asks: AskNumbers, onAbandoned: () => void) {
    this.#deps = deps
    this.runId = runId
    this.#onAbandoned = onAbandoned
    this.#asks = asks
    this.facts = new FactQueue(deps.facts, deps.warn)
    this.#lease = this.#newLease()
  }

  /** The number of a question for the lease, to be sent now; null once it is lost. */
  askLease(): number | null {
    return this.#lease.ask()
  }

  renew(ask: number, ttlMs: number): void {
    if (this.#lease.renew(ask, ttlMs) !== 'never asked' || this.#strangeLease) return
    this.#strangeLease = true
    const reason = 'The controller granted a lease that nothing here asked for, or one twice; nothing came of it.'
    const { runId } = this
    this.facts.add({ type: 'refused', runId, stepId: null, command: 'lease', code: 'wrong-state', rule: '', reason })
  }

  /** The controller is back and opens the run again. */
  resume(): void {
    clearTimeout(this.#abandoned)
    if (!this.lapsed) return
    this.lapsed = false
    this.#lease = this.#newLease()
  }

  /** Starts the probes that are not running yet. @throws ChaosError for the first that may not; none is started then */
  async startProbes(orders: readonly ProbeOrder[]): Promise<void> {
    const policy = await this.#deps.policy()
    const permits = await this.#permitsOf(orders, policy)
    // A sampler that nobody knows would look for ever: of an id there is one, and none of a run that is over.
    if (this.#over) throw new ChaosError('wrong-state', `Run ${this.runId} was closed on this host.`)
    const fresh: [string, Sampler][] = []
    try {
      const ids = orders.map(({ probeId }) => probeId)
      const added = orders.filter(({ probeId }, at) => !this.#probes.has(probeId) && ids.indexOf(probeId) === at)
      this.#refuseTooMany(added)
      for (const order of added) fresh.push([order.probeId, this.#sample(order, policy, permits.includes(order))])
      this.#looksPerSecond += looksPerSecond(added)
    } catch (thrown) {
      await Promise.all(fresh.map(([, sampler]) => sampler.stop()))
      throw thrown
    }
    for (const [probeId, sampler] of fresh) this.#probes.set(probeId, sampler)
  }

  #refuseTooMany(added: readonly ProbeOrder[]): void {
    const count = this.#probes.size + added.length
    const looks = Math.ceil(this.#looksPerSecond + looksPerSecond(added))
    if (count <= MOST_PROBES && looks <= MOST_LOOKS_PER_SECOND) return
    const asked = `Run ${this.runId} asks this host for ${count} ${count === 1 ? 'probe' : 'probes'} that ${count === 1 ? 'looks' : 'look'} ${looks} times a second`
    throw new ChaosError('too-many', `${asked}; at most are ${MOST_PROBES} and ${MOST_LOOKS_PER_SECOND}.`)
  }

  /** A failure of this run was started or rolled back here: whoever waits for its effect need not wait for the grid. */
  lookNow(): void {
    for (const sampler of this.#probes.values()) sampler.lookNow()
  }

  noteStep(stepId: string, onLinkLoss: 'revert' | 'hold'): void {
    this.#steps.set(stepId, onLinkLoss)
  }

  /** @throws ChaosError `too-many`, or why it cannot begin */
  async startExercise(begin: () => Promise<RunningExercise>): Promise<void> {
    // Counted before the first wait, so that many orders at the same moment do not all find room.
    if (this.#exercises.size + this.#starting >= MOST_EXERCISES) {
      throw new ChaosError(
        'too-many',
        `Run ${this.runId} has ${MOST_EXERCISES} exercises at work on this host already.`,
      )
    }
    this.#starting += 1
    try {
      const exercise = await begin()
      this.#exercises.add(exercise)
      void exercise.ended.finally(() => this.#exercises.delete(exercise))
      // Whoever stopped the others meanwhile could not know this one.
      if (this.lapsed || this.#over) exercise.stop()
    } finally {
      this.#starting -= 1
    }
  }

  /** Ends exercises early, of one step or all, and gives them a moment to clean up: rolling back waits no longer. */
  async stopExercises(stepId: string | null): Promise<void> {
    const met = [...this.#exercises].filter((exercise) => stepId === null || exercise.stepId === stepId)
    if (met.length === 0) return
    for (const exercise of met) exercise.stop()
    let timer: NodeJS.Timeout | undefined
    const moment = new Promise((resolve) => {
      timer = setTimeout(resolve, CLEAN_UP_MS)
    })
    await Promise.race([Promise.all(met.map(({ ended }) => ended)), moment])
    clearTimeout(timer)
  }

  /** Puts everything of this run back, then ends its probes with their counts. */
  async close(cause: RevertCause): Promise<void> {
    this.#lease.end()
    clearTimeout(this.#abandoned)
    await this.stopExercises(null)
    await this.#deps.engine.revert({ runId: this.runId }, cause)
    await this.#endProbes((sampler) => sampler.finish(LAST_LOOK_MS))
    await this.facts.flushed()
  }

  /** The agent is stopping: what waits is tried once more, and nothing is held up by it. */
  async abandon(): Promise<void> {
    this.#lease.end()
    clearTimeout(this.#abandoned)
    await this.stopExercises(null)
    await this.#endProbes((sampler) => sampler.stop())
    await this.facts.close()
  }

  /** Which of them are the probes with which this host's own actions show their effect. */
  async #permitsOf(orders: readonly ProbeOrder[], policy: Policy): Promise<readonly ProbeOrder[]> {
    const { effects, host } = this.#deps
    const permits: ProbeOrder[] = []
    for (const order of orders) if (await effects?.allows(order, policy, host.clock.wallMs())) permits.push(order)
    return permits
  }

  #sample(order: ProbeOrder, policy: Policy, ownEffect: boolean): Sampler {
    const { runId } = this
    const { probeId } = order
    const { host, local, apart } = this.#deps
    return startSampler({
      order,
      host,
      local,
      policy,
      apart,
      ownEffect,
      signal: this.#stop.signal,
      onChange: (change) => this.facts.add({ type: 'probe.changed', runId, probeId, ...change }),
      onSample: ({ beganMonoMs, endedMonoMs, status, value }) => {
        if (!this.watched) return
        const tookMs = Math.max(0, Math.round(endedMonoMs - beganMonoMs))
        this.#deps.sample({ type: 'sample', runId, probeId, monoMs: Math.floor(beganMonoMs), tookMs, status, value })
      },
    })
  }

  async #endProbes(end: (sampler: Sampler) => Promise<SampleCounts>): Promise<void> {
    const { runId } = this
    const running = [...this.#probes]
    this.#probes.clear()
    this.#over = true
    await Promise.all(
      running.map(async ([probeId, sampler]) => {
        this.facts.add({ type: 'probe.ended', runId, probeId, ...(await end(sampler)) })
      }),
    )
  }

  #newLease(): Lease {
    return new Lease({
      clock: this.#deps.host.clock,
      ttlMs: LEASE_TTL_MS,
      numbers: this.#asks,
      onLost: () => {
        this.#lost().catch((thrown: unknown) => this.#deps.warn('rolling back after the lease was lost', thrown))
      },
    })
  }

  /** The controller did not renew in time: everything goes back, except what is to hold until its own deadline. */
  async #lost(): Promise<void> {
    const { runId } = this
    this.lapsed = true
    this.#abandoned = setTimeout(this.#onAbandoned, ABANDONED_AFTER_MS)
    // The fact waits for the disk if it must; rolling back does not wait for the fact.
    this.facts.add({ type: 'lease.lost', runId })
    await this.stopExercises(null)
    const steps = [...this.#steps].reverse()
    if (steps.every(([, onLinkLoss]) => onLinkLoss === 'revert')) {
      await this.#deps.engine.revert({ runId }, 'lease lost')
      return
    }
    for (const [stepId, onLinkLoss] of steps) {
      if (onLinkLoss === 'revert') await this.#deps.engine.revert({ runId, stepId }, 'lease lost')
    }
  }
}

function looksPerSecond(orders: readonly ProbeOrder[]): number {
  return orders.reduce((sum, { everyMs }) => sum + 1000 / everyMs, 0)
}
