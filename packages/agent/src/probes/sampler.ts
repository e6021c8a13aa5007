import { type Expectation, formatDuration, type ProbeOrder, type ProbeStatus } from '@chaos-lite/shared'
import type { LocalDefinitions } from '../definitions/index.ts'
import type { Host } from '../host/index.ts'
import type { Policy } from '../policy/index.ts'
import { settledWithin } from '../wait/index.ts'
import type { Apart } from './apart.ts'
import { createChanges, type ProbeChange } from './changes.ts'
import { checkProbe } from './check-order.ts'
import type { Probe, Sample } from './probe.ts'
import { takeSample } from './take-sample.ts'

/** What is sampled, how often, and who is notified. Looks never overlap: a slow one skips instants of the grid. */
export interface SamplerOptions {
  readonly order: Pick<ProbeOrder, 'probe' | 'params' | 'everyMs' | 'expect'>
  readonly host: Host
  readonly local: LocalDefinitions
  readonly policy: Policy
  /** As in `takeSample`. */
  readonly apart?: Apart | undefined
  /** As for `checkProbe`. */
  readonly ownEffect?: boolean
  /** Ends the sampler; a sample in flight is ended with it and does not count. */
  readonly signal: AbortSignal
  onSample(sample: Sample): void
  /** Called once for the first sample, and then whenever the status differs from the one before. */
  onChange(change: ProbeChange): void
}

/** How samples came out. The three counts add up to `samples`; `lastStatus` null: there was none. */
export interface SampleCounts {
  readonly samples: number
  readonly up: number
  readonly down: number
  readonly notEvaluated: number
  readonly lastStatus: ProbeStatus | null
}

/** A probe that looks again and again, on a fixed grid: a slow look shifts no later one. */
export interface Sampler {
  /** So far. */
  counts(): SampleCounts
  /** The newest complete sample. */
  last(): Sample | null
  /** Resolves, never rejects, once the sampler has ended and no callback will come any more. */
  readonly ended: Promise<SampleCounts>
  /** Something has just changed: looks now besides the grid, and once more where a look is under way. */
  lookNow(): void
  stop(): Promise<SampleCounts>
  /**
   * Ends after the look that is under way, which is waited for no longer than this: when all was well until now, that
   * look may be the first to meet what happened meanwhile. One that does not answer leaves it open whether all is well.
   */
  finish(withinMs: number): Promise<SampleCounts>
}

/**
 * Samples a probe on a fixed grid of the monotonic clock: a slow sample delays none but those it covers, and the grid
 * never drifts. Samples do not overlap. What this host itself has just changed is looked at besides the grid.
 *
 * @throws ChaosError `policy-refused`, `param-invalid` or `not-there` (no such probe) before anything is sampled.
 */
export function startSampler(options: SamplerOptions): Sampler {
  const { order, host, policy, ownEffect = false } = options
  const { probe, params, mayRead } = checkProbe(order, policy, host.clock.wallMs(), ownEffect)
  const ending = new AbortController()
  const finishing = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  const expect = order.expect ?? probe.expect(params)
  const state = {
    counts: { samples: 0, up: 0, down: 0, notEvaluated: 0, lastStatus: null } as SampleCounts,
    last: null as Sample | null,
  }
  const changes = createChanges()
  const record = (sample: Sample) => {
    state.last = sample
    state.counts = counted(state.counts, sample.status)
    options.onSample(sample)
    const change = changes.add(sample)
    if (change !== null) options.onChange(change)
  }
  const work = { ...options, probe, params, mayRead, expect, signal, last: finishing.signal }
  const soon: Soon = { asked: false, wake: () => undefined }
  const ended = sampleAll(work, record, soon).then(() => state.counts)
  return {
    counts: () => state.counts,
    last: () => state.last,
    ended,
    lookNow() {
      soon.asked = true
      soon.wake()
    },
    stop() {
      ending.abort()
      return ended
    },
    async finish(withinMs) {
      const beganMonoMs = host.clock.monoMs()
      finishing.abort()
      const mayMatter = state.counts.lastStatus === 'up' && probe.hanging !== 'not evaluated'
      const over = mayMatter && (await settledWithin(ended, withinMs))
      ending.abort()
      if (mayMatter && !over) {
        const message = `No answer within ${formatDuration(withinMs)}, when the run ended`
        record({ beganMonoMs, endedMonoMs: host.clock.monoMs(), status: 'not evaluated', message, value: {} })
      }
      return ended.then(() => state.counts)
    },
  }
}

interface Sampling extends Pick<SamplerOptions, 'order' | 'host' | 'local' | 'apart' | 'signal'> {
  /** No further sample is begun after this. */
  readonly last: AbortSignal
  readonly probe: Probe
  readonly params: unknown
  readonly mayRead: (place: string) => boolean
  readonly expect: Readonly<Record<string, Expectation>>
}

/** Somebody does not want to wait for the grid. */
interface Soon {
  asked: boolean
  wake(): void
}

async function sampleAll(work: Sampling, record: (sample: Sample) => void, soon: Soon): Promise<void> {
  const { host, order, signal, last } = work
  const gridMs = host.clock.monoMs()
  const either = AbortSignal.any([signal, last])
  while (!either.aborted) {
    soon.asked = false
    const sample = await takeSample(work)
    if (signal.aborted || sample === null) return
    record(sample)
    if (soon.asked) continue
    const slot = Math.floor((host.clock.monoMs() - gridMs) / order.everyMs) + 1
    await sleep(gridMs + slot * order.everyMs - host.clock.monoMs(), either, soon)
  }
}

/** Resolves after the time, at the abort or when woken, whichever comes first. */
function sleep(ms: number, signal: AbortSignal, soon: Soon): Promise<void> {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, Math.max(0, ms))
    soon.wake = over
    signal.addEventListener('abort', over, { once: true })
    if (signal.aborted) over()
  })
}

function counted(counts: SampleCounts, status: ProbeStatus): SampleCounts {
  return {
    samples: counts.samples + 1,
    up: counts.up + (status === 'up' ? 1 : 0),
    down: counts.down + (status === 'down' ? 1 : 0),
    notEvaluated: counts.notEvaluated + (status === 'not evaluated' ? 1 : 0),
    lastStatus: status,
  }
}
