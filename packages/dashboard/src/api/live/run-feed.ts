import { type Run, reduce, type SourcedFact, startRun } from '@chaos-lite/shared'
import type { LiveFrame } from '@chaos-lite/shared/api'

/** One sample of a probe as the live stream sends it. Some may be missing: only facts are complete. */
export type Sample = Extract<LiveFrame, { type: 'sample' }>

/** A run as the browser knows it: its facts, what the one reducer makes of them, and the newest live samples. */
export interface RunSnapshot {
  readonly run: Run
  readonly facts: readonly SourcedFact[]
  /** The newest sample of each probe on each host, by `sampleKey`. */
  readonly latest: ReadonlyMap<string, Sample>
  /** All facts up to now have come. */
  readonly complete: boolean
  /** The controller knows no such run, or this user may not see it. */
  readonly missing: boolean
}

/** The key of a probe on a host. A space separates: names of probes hold none. */
export function sampleKey(probeId: string, hostId: string): string {
  return `${probeId} ${hostId}`
}

/** Watchers are notified at most this often. */
const TELL_MS = 40

/** Collects what the live stream says about one run. Facts that come again after a reconnect change nothing. */
export class RunFeed {
  #snapshot: RunSnapshot = { run: startRun(), facts: [], latest: new Map(), complete: false, missing: false }
  readonly #listeners = new Set<() => void>()
  #timer: ReturnType<typeof setTimeout> | null = null

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly snapshot = (): RunSnapshot => this.#snapshot

  take(frame: LiveFrame): void {
    if (frame.type === 'backlog') this.#takeFacts(frame.facts, frame.complete)
    else if (frame.type === 'fact') this.#takeFacts([frame.fact], false)
    else if (frame.type === 'sample') this.#takeSample(frame)
  }

  /** The controller would not have it watched. */
  refuse(): void {
    this.#set({ ...this.#snapshot, missing: true })
  }

  #takeFacts(facts: readonly SourcedFact[], complete: boolean): void {
    let { run } = this.#snapshot
    const fresh: SourcedFact[] = []
    for (const fact of facts) {
      const next = reduce(run, fact)
      if (next !== run) fresh.push(fact)
      run = next
    }
    const known = this.#snapshot.facts
    this.#set({
      ...this.#snapshot,
      run,
      facts: fresh.length > 0 ? [...known, ...fresh] : known,
      complete: this.#snapshot.complete || complete,
    })
  }

  #takeSample(sample: Sample): void {
    const latest = new Map(this.#snapshot.latest)
    latest.set(sampleKey(sample.probeId, sample.hostId), sample)
    this.#set({ ...this.#snapshot, latest })
  }

  #set(snapshot: RunSnapshot): void {
    this.#snapshot = snapshot
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      for (const listener of this.#listeners) listener()
    }, TELL_MS)
  }
}
