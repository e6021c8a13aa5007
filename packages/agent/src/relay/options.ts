import type { Duplex } from 'node:stream'

export type RelayLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string) => void

export interface RelayClock {
  monoMs(): number
  wallMs(): number
}

export interface RelayOptions {
  /** Opens a way to the root part, and wakes it when it sleeps. */
  connect(signal: AbortSignal): Promise<Duplex>
  /** Files whose change wakes the root part: those that decide what this host offers, and the bell of its commands. */
  readonly watched: readonly string[]
  readonly clock: RelayClock
  readonly signal: AbortSignal
  readonly log: RelayLog
  /** Between 0 and 1; for tests. */
  readonly random?: () => number
}
