import type { HostId } from '@chaos-lite/shared'
import { Bucket } from '../limits/index.ts'

/**
 * What one host may send: what gathered during a long time offline comes at once, and after that as much as it takes
 * to report of drills all day. An agent that is approved and hostile fills a gigabyte in a day and a half, seen by people
 * from its first hour on; nothing of a well-behaved one is ever refused, only taken later.
 */
const FACT_QUOTA = { burstBytes: 128 * 1024 * 1024, bytesPerSecond: 8 * 1024 }

/** Facts that wait to be stored, in memory: of one link, and of all links together. */
export const WAITING = { linkBytes: 32 * 1024 * 1024, allBytes: 256 * 1024 * 1024 }
/** Beyond the sum, only a link that holds more than this is closed. */
const FAIR_BYTES = 1024 * 1024
/** So often it is reported at most that a host sends too much. */
const REPORT_EVERY_MS = 3_600_000

/** The limits of a quota, in bytes and bytes per second: tests give smaller ones. */
export type FactQuotaLimits = typeof FACT_QUOTA & typeof WAITING

interface Account {
  readonly bucket: Bucket
  reportedMs: number
}

/** How much of facts each host sends, over all of its links, and how much of it waits in memory. */
export class FactQuota {
  readonly #limits: FactQuotaLimits
  readonly #onExceeded: (hostId: HostId) => void
  readonly #accounts = new Map<HostId, Account>()
  #waitingBytes = 0

  constructor(onExceeded: (hostId: HostId) => void, limits: FactQuotaLimits = { ...FACT_QUOTA, ...WAITING }) {
    this.#onExceeded = onExceeded
    this.#limits = limits
  }

  /** How long this host's next facts must wait; 0 for a host that keeps within its quota. */
  delayMs(hostId: HostId, nowMs = performance.now()): number {
    const account = this.#account(hostId, nowMs)
    const delayMs = account.bucket.debtMs(nowMs)
    if (delayMs > 0 && nowMs - account.reportedMs >= REPORT_EVERY_MS) {
      account.reportedMs = nowMs
      this.#onExceeded(hostId)
    }
    return delayMs
  }

  /** Facts of this host go to the store now. */
  spend(hostId: HostId, bytes: number, nowMs = performance.now()): void {
    this.#account(hostId, nowMs).bucket.spend(bytes, nowMs)
  }

  /**
   * Facts have come in and wait; this link then holds so many bytes. Unless there is room it must be closed: for `too much`
   * of its own, or because there is `no room` for all of them together, which is nobody's fault but the disk's.
   */
  wait(bytes: number, linkBytes: number): 'room' | 'too much' | 'no room' {
    this.#waitingBytes += bytes
    if (linkBytes > this.#limits.linkBytes) return 'too much'
    return this.#waitingBytes <= this.#limits.allBytes || linkBytes <= FAIR_BYTES ? 'room' : 'no room'
  }

  /** Facts do not wait any more: they were stored, or their link is gone. */
  waited(bytes: number): void {
    this.#waitingBytes -= bytes
  }

  /** Of all links, for tests and metrics. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  #account(hostId: HostId, nowMs: number): Account {
    const known = this.#accounts.get(hostId)
    if (known) return known
    const { bytesPerSecond: perSecond, burstBytes: burst } = this.#limits
    const account = { bucket: new Bucket({ perSecond, burst }, nowMs), reportedMs: Number.NEGATIVE_INFINITY }
    this.#accounts.set(hostId, account)
    return account
  }
}
