import type { HostId, Ulid } from '@chaos-lite/shared'

/** Which runs may go on holding on which hosts. A host asks for its lease every few seconds; this is what decides. */
export class Leases {
  readonly #held = new Map<HostId, Set<Ulid>>()

  set(hostId: HostId, runId: Ulid, on: boolean): void {
    const runs = this.#held.get(hostId) ?? new Set()
    if (on) {
      runs.add(runId)
      this.#held.set(hostId, runs)
    } else {
      runs.delete(runId)
      if (runs.size === 0) this.#held.delete(hostId)
    }
  }

  /** May this run go on holding on this host? */
  granted(hostId: HostId, runId: Ulid): boolean {
    return this.#held.get(hostId)?.has(runId) ?? false
  }

  /** Is anything held there? */
  holds(hostId: HostId): boolean {
    return this.#held.has(hostId)
  }

  /** Nothing is granted any more. */
  stop(): void {
    this.#held.clear()
  }
}
