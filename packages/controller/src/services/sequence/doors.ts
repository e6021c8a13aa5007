import type { HostId } from '@chaos-lite/shared'

/**
 * Opens and closes a run on its hosts: on each one after the other, and nothing is opened any more that was closed. A host
 * that comes back just when its run ends would otherwise be ordered to open it after it was ordered to close it, and hold it until
 * its lease is over.
 */
export class Doors {
  readonly #last = new Map<HostId, Promise<unknown>>()
  readonly #closed = new Set<HostId>()

  /** Does `work` when the host's turn has come; null where the run is closed on that host. */
  open<T>(hostId: HostId, work: () => Promise<T>): Promise<T | null> {
    return this.#inTurn(hostId, async () => (this.#closed.has(hostId) ? null : await work()))
  }

  close(hostId: HostId, work: () => Promise<unknown>): Promise<unknown> {
    this.#closed.add(hostId)
    return this.#inTurn(hostId, work)
  }

  #inTurn<T>(hostId: HostId, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(hostId) ?? Promise.resolve()
    const turn = before.then(work, work)
    this.#last.set(hostId, turn)
    return turn
  }
}
