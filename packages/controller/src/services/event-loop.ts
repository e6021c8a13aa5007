import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION_MS = 10

/** How long the event loop was held since the last look: everything that waits, leases among it, waits that long. */
export interface HeldLoop {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** Watches the event loop of this process; each call reports what was seen since the one before. */
export function watchEventLoop(): () => HeldLoop {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  return () => {
    // Each sample is the time between two beats: what is beyond their distance is the delay.
    const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS)
    const seen = histogram.count > 0
    const held = {
      p50Ms: seen ? late(histogram.percentile(50)) : 0,
      p99Ms: seen ? late(histogram.percentile(99)) : 0,
      maxMs: seen ? late(histogram.max) : 0,
    }
    histogram.reset()
    return held
  }
}
