import { type HostId, LEASE_EVERY_MS, type Ulid } from '@chaos-lite/shared'

/** Which runs may go on holding on which hosts. Renewed every few seconds; never renewed by accident after `stop`. */
export class Leases {
  readonly #held = new Map<HostId, Set<Ulid>>()
  readonly #renew: (hostId: HostId, runId: Ulid) => void
  readonly #timer: NodeJS.Timeout

  constructor(renew: (hostId: HostId, runId: Ulid) => void, everyMs = LEASE_EVERY_MS) {
    this.#renew = renew
    this.#timer = setInterval(() => this.#renewAll(), everyMs)
  }

  set(hostId: HostId, runId: Ulid, on: boolean): void {
    const runs = this.#held.get(hostId) ?? new Set()
    if (on) {
      runs.add(runId)
      this.#held.set(hostId, runs)
      this.#renew(hostId, runId)
    } else {
      runs.delete(runId)
      if (runs.size === 0) this.#held.delete(hostId)
    }
  }

  holds(hostId: HostId): boolean {
    return this.#held.has(hostId)
  }

  /** A host is back on its link: it should not have to wait for the next turn. */
  renewNow(hostId: HostId): void {
    for (const runId of this.#held.get(hostId) ?? []) this.#renew(hostId, runId)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#held.clear()
  }

  #renewAll(): void {
    for (const hostId of this.#held.keys()) this.renewNow(hostId)
  }
}
