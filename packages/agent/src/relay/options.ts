import type { Duplex } from 'node:stream'
import type { Log } from '../log.ts'

/** A monotonic clock for waiting, and the UTC clock for people, both in ms. */
export interface RelayClock {
  monoMs(): number
  wallMs(): number
}

/** What the relay works with: it holds the connection while the root part sleeps, and can do nothing else. */
export interface RelayOptions {
  /** Opens a way to the root part, and wakes it when it sleeps. */
  connect(signal: AbortSignal): Promise<Duplex>
  /** Files whose change wakes the root part: those that decide what this host offers, and the bell of its commands. */
  readonly watched: readonly string[]
  readonly clock: RelayClock
  readonly signal: AbortSignal
  readonly log: Log
  /** Between 0 and 1; for tests. */
  readonly random?: () => number
}
