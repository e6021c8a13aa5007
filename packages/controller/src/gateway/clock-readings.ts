import type { HostClockReading } from './gateway.ts'

/** One four-timestamp exchange: the outer two by the controller's clock, the inner two by the host's monotonic clock. */
export interface Exchange {
  readonly bootId: string
  readonly sentMs: number
  readonly hostReceivedMs: number
  readonly hostSentMs: number
  readonly receivedMs: number
}

/** Two quartz clocks drift apart by no more than this: 100 ppm, twice what cheap ones are specified for. */
const DRIFT = 100e-6
/** Timestamps of the controller are whole milliseconds. */
const READING_MS = 0.5
const KEPT = 32

interface Reading extends HostClockReading {
  readonly atMs: number
}

/** What an exchange says, or null when it contradicts itself. offset = controller's clock − host's monotonic clock. */
export function readingOf(exchange: Exchange): Reading | null {
  const { bootId, sentMs, hostReceivedMs, hostSentMs, receivedMs } = exchange
  const roundTripMs = receivedMs - sentMs - (hostSentMs - hostReceivedMs)
  // Rounding may make it slightly negative; more than that, and the host's stamps are not what they claim to be.
  if (hostSentMs < hostReceivedMs || roundTripMs < -2 * READING_MS) return null
  const offsetMs = (sentMs + receivedMs - hostReceivedMs - hostSentMs) / 2
  return { bootId, offsetMs, boundMs: Math.max(0, roundTripMs) / 2 + READING_MS, atMs: receivedMs }
}

/** The recent exchanges with one host. */
export class ClockReadings {
  #readings: Reading[] = []

  add(exchange: Exchange): HostClockReading | null {
    const reading = readingOf(exchange)
    if (!reading) return null
    // After a reboot the monotonic clock began anew: what was known is worth nothing.
    const sameBoot = this.#readings.filter((earlier) => earlier.bootId === reading.bootId)
    this.#readings = [...sameBoot, reading].slice(-KEPT)
    return { bootId: reading.bootId, offsetMs: reading.offsetMs, boundMs: reading.boundMs }
  }

  /** The one with the smallest bound, widened by what the clocks may have drifted since. */
  best(nowMs: number): HostClockReading | null {
    const aged = this.#readings.map(({ bootId, offsetMs, boundMs, atMs }) => ({
      bootId,
      offsetMs,
      boundMs: boundMs + Math.max(0, nowMs - atMs) * DRIFT,
    }))
    return aged.reduce<HostClockReading | null>(
      (best, reading) => (best === null || reading.boundMs < best.boundMs ? reading : best),
      null,
    )
  }
}
