import type { Answer, HostId, Inventory, Order, ProbeStatus, ProbeValue, Ulid } from '@chaos-lite/shared'

/** Where a host's monotonic clock stands against the controller's: right within ± `boundMs`. */
export interface HostClockReading {
  readonly bootId: string
  readonly offsetMs: number
  readonly boundMs: number
}

/**
 * One sample of a probe for who watches. `monoMs` is a reading of the monotonic clock of the host. Lossy, and never
 * recorded.
 */
export interface LiveSample {
  readonly hostId: HostId
  readonly runId: Ulid
  readonly probeId: string
  readonly monoMs: number
  readonly tookMs: number
  readonly status: ProbeStatus
  readonly value: ProbeValue
}

/** What the gateway reports about its hosts as it happens; each part is optional. */
export interface GatewayListener {
  online?(hostId: HostId): void
  offline?(hostId: HostId): void
  inventory?(hostId: HostId, inventory: Inventory): void
  sample?(sample: LiveSample): void
}

/** The agents' links as the rest of the controller sees them. Facts do not come this way: they go through `ingest`. */
export interface Gateway {
  isOnline(hostId: HostId): boolean
  online(): readonly HostId[]
  inventory(hostId: HostId): Inventory | null
  /**
   * Signs and sends one order and waits for its answer.
   * Throws ChaosError `host-offline` when there is no link or it breaks before the answer, `timed-out` when it expires.
   */
  order(hostId: HostId, order: Order, options: { expiresInMs: number; signal?: AbortSignal }): Promise<Answer>
  /** While on, the run's lease is granted whenever this host asks for it, which it does every few seconds. */
  renewLease(hostId: HostId, runId: Ulid, on: boolean): void
  /** While on, the host sends its live samples of this run. */
  watch(hostId: HostId, runId: Ulid, on: boolean): void
  /** The best of the recent four-timestamp exchanges; null until there was one. */
  clock(hostId: HostId): HostClockReading | null
  /** A fresh series of exchanges now; the best of it. */
  measureClock(hostId: HostId): Promise<HostClockReading>
  /** Closes the live socket of a revoked host at once. */
  revoke(hostId: HostId): void
  listen(listener: GatewayListener): () => void
  close(): Promise<void>
}
