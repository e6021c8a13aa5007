import type { HostId, Ulid } from '@chaos-lite/shared'
import type { Gateway } from '../../gateway/index.ts'

/** Asks hosts for their live samples of a run only while somebody watches it. */
export class SampleDemand {
  readonly #gateway: Gateway
  readonly #hostsOf: (runId: Ulid) => Promise<readonly HostId[]>
  readonly #watchers = new Map<Ulid, number>()
  readonly #asked = new Map<Ulid, readonly HostId[]>()

  constructor(gateway: Gateway, hostsOf: (runId: Ulid) => Promise<readonly HostId[]>) {
    this.#gateway = gateway
    this.#hostsOf = hostsOf
  }

  set(runId: Ulid, on: boolean): void {
    const before = this.#watchers.get(runId) ?? 0
    const now = Math.max(0, before + (on ? 1 : -1))
    if (now === 0) this.#watchers.delete(runId)
    else this.#watchers.set(runId, now)
    if (before === 0 && now === 1) void this.#ask(runId)
    if (before === 1 && now === 0) this.#release(runId)
  }

  async #ask(runId: Ulid): Promise<void> {
    const hostIds = await this.#hostsOf(runId).catch(() => [])
    // The last watcher may have left while the store was read.
    if (!this.#watchers.has(runId) || this.#asked.has(runId)) return
    this.#asked.set(runId, hostIds)
    for (const hostId of hostIds) this.#gateway.watch(hostId, runId, true)
  }

  #release(runId: Ulid): void {
    for (const hostId of this.#asked.get(runId) ?? []) this.#gateway.watch(hostId, runId, false)
    this.#asked.delete(runId)
  }
}
