import type { Instant, Span } from '../timing/index.ts'
import { READING_MS } from '../timing/index.ts'
import type { SourcedFact } from './fact.ts'
import type { ClockMeasurement, Moment, RawReading } from './moment.ts'

/** How much two computers' clocks may run apart, in parts per million: crystals and time services stay well within. */
export const DRIFT_PPM = 100

/** How far a host's calendar clock may be off when nothing was measured. */
export const WALL_BOUND_MS = 60_000

function drift(distanceMs: number): number {
  return (Math.abs(distanceMs) * DRIFT_PPM) / 1_000_000
}

/** How far this measurement may be off when it is used for a reading taken at another time. */
function boundAt(measurement: ClockMeasurement, monoMs: number): number {
  return measurement.boundMs + drift(monoMs - (measurement.measuredMs - measurement.offsetMs))
}

function moment(lowMs: number, highMs: number, clock: Moment['clock'], raw: RawReading | null): Moment {
  // + 0 turns -0 into 0, which JSON cannot distinguish.
  return { lowMs: lowMs + 0, highMs: highMs + 0, clock, raw }
}

function placedBy(raw: RawReading, clock: ClockMeasurement): Instant {
  return {
    lowMs: raw.lowMonoMs + clock.offsetMs - boundAt(clock, raw.lowMonoMs),
    highMs: raw.highMonoMs + clock.offsetMs + boundAt(clock, raw.highMonoMs),
  }
}

/**
 * Can both be right? If not, one of the clocks stood still in between (a machine that slept, or was paused) or ran at
 * another rate than any clock should.
 */
export function contradict(one: ClockMeasurement, other: ClockMeasurement, monoMs: number): boolean {
  const allowedMs = boundAt(one, monoMs) + boundAt(other, monoMs) + 2 * READING_MS
  return Math.abs(one.offsetMs - other.offsetMs) > allowedMs
}

/**
 * Places a host's reading on the controller's time line, by the measurement that is tightest for that reading. Where
 * others contradict it nobody knows which one holds there: then it lies somewhere between all of them.
 */
export function place(raw: RawReading, clocks: readonly ClockMeasurement[]): Moment {
  const mid = (raw.lowMonoMs + raw.highMonoMs) / 2
  const own = clocks.filter((clock) => clock.hostId === raw.hostId && clock.bootId === raw.bootId)
  const [first, ...others] = own
  if (first === undefined) {
    const offset = raw.wallMinusMonoMs
    return moment(raw.lowMonoMs + offset - WALL_BOUND_MS, raw.highMonoMs + offset + WALL_BOUND_MS, 'not measured', raw)
  }
  const best = others.reduce((tight, clock) => (boundAt(clock, mid) < boundAt(tight, mid) ? clock : tight), first)
  const against = own.filter((clock) => contradict(clock, best, mid))
  const placed = [best, ...against].map((clock) => placedBy(raw, clock))
  const lowMs = Math.min(...placed.map((one) => one.lowMs))
  const highMs = Math.max(...placed.map((one) => one.highMs))
  return moment(lowMs, highMs, against.length === 0 ? 'measured' : 'contradicted', raw)
}

/** An instant of the controller's own time line. */
export function controllerMoment(ms: number): Moment {
  return moment(ms - READING_MS / 2, ms + READING_MS / 2, 'controller', null)
}

type Sourced<S extends SourcedFact['source']> = Extract<SourcedFact, { source: S }>

/** A reading of the monotonic clock of the host that sent this fact, or two readings that something lies between. */
export function hostMoment(
  sourced: Sourced<'agent'>,
  clocks: readonly ClockMeasurement[],
  oneMonoMs: number,
  otherMonoMs: number = oneMonoMs,
): Moment {
  const { bootId, monoMs, wallMs } = sourced.fact.at
  const raw: RawReading = {
    hostId: sourced.hostId,
    bootId,
    lowMonoMs: Math.min(oneMonoMs, otherMonoMs) - READING_MS / 2,
    highMonoMs: Math.max(oneMonoMs, otherMonoMs) + READING_MS / 2,
    wallMinusMonoMs: wallMs - monoMs + 0,
  }
  return place(raw, clocks)
}

/** When a fact was stated. */
export function statedAt(sourced: SourcedFact, clocks: readonly ClockMeasurement[]): Moment {
  if (sourced.source === 'controller') return controllerMoment(sourced.fact.at.wallMs)
  return hostMoment(sourced, clocks, sourced.fact.at.monoMs)
}

/** The middle of what is known: for showing, never for computing. */
export function midOf(instant: Instant): number {
  return (instant.lowMs + instant.highMs) / 2
}

/**
 * The stretch between two moments, on the best clock for it: two readings of one clock need no offset between clocks,
 * only the allowance for its rate.
 */
export function spanOf(from: Moment, to: Moment): Span {
  if (from.raw === null || to.raw === null) return { from, to }
  if (from.raw.hostId !== to.raw.hostId || from.raw.bootId !== to.raw.bootId) return { from, to }
  // A clock that may have stood still in between measures nothing by itself.
  if (from.clock === 'contradicted' || to.clock === 'contradicted') return { from, to }
  const allowance = drift(to.raw.highMonoMs - from.raw.lowMonoMs)
  return {
    from: { lowMs: from.raw.lowMonoMs, highMs: from.raw.highMonoMs },
    to: { lowMs: to.raw.lowMonoMs - allowance, highMs: to.raw.highMonoMs + allowance },
  }
}

const worst = ['not measured', 'contradicted'] as const

/** The first of several moments. Where their order is not certain, the bounds that hold for whichever was first. */
export function earliest(moments: readonly Moment[]): Moment | null {
  const [first, ...others] = [...moments].sort((a, b) => a.highMs - b.highMs)
  if (first === undefined) return null
  const lowMs = Math.min(first.lowMs, ...others.map((other) => other.lowMs))
  if (others.every((other) => other.lowMs >= first.highMs)) return first
  const clock = worst.find((knowledge) => moments.some((one) => one.clock === knowledge)) ?? 'measured'
  return { lowMs, highMs: first.highMs, clock, raw: null }
}
