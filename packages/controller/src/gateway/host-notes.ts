import type { Hardware, HostId, Inventory } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import { Bucket } from '../limits/index.ts'
import type { Incident, Store, StoredHost } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import { UnknownHosts } from './unknown-hosts.ts'

/** Incidents of one kind and host are kept one by one only up to so many: whoever causes them must not fill the disk. */
const INCIDENTS = { perSecond: 1 / 60, burst: 10 }

/** What the gateway writes down about hosts. Nobody waits for it; what cannot be written goes to the log. */
export class HostNotes {
  readonly #store: Store
  readonly #clock: Clock
  readonly #log: Logger
  readonly #budgets = new Map<string, Bucket>()
  readonly #unknown: UnknownHosts

  constructor({ store, clock, log }: { store: Store; clock: Clock; log: Logger }) {
    this.#store = store
    this.#clock = clock
    this.#log = log
    this.#unknown = new UnknownHosts({ store, clock, log })
  }

  /** A host that is not in the store was refused: after a restore, people are notified why. */
  unknown(hostId: HostId, address: string): void {
    void this.#unknown.refused(hostId, address)
  }

  seen(hostId: HostId): void {
    this.#note(hostId, 'last sign of life', this.#store.hosts.setSeen(hostId, this.#clock.nowMs()))
  }

  inventory(hostId: HostId, inventory: Inventory): void {
    this.#note(hostId, 'inventory', this.#store.hosts.setInventory(hostId, inventory, this.#clock.nowMs()))
  }

  hardware(hostId: HostId, hardware: Hardware): void {
    this.#note(hostId, 'hardware', this.#store.hosts.setHardware(hostId, hardware, this.#clock.nowMs()))
  }

  /** A second agent used the key of a host whose agent was alive. */
  duplicate({ hostId, clientId, name }: StoredHost, epoch: string): void {
    if (!this.#mayNote(`duplicate ${hostId}`)) return
    const reason = `A second agent connected with the key of ${name} while the first was alive, and was refused.`
    this.#log.warn({ hostId, epoch }, `incident: ${reason}`)
    const none = { seq: null, digest: null, line: null }
    const incident = { clientId, hostId, kind: 'duplicate agent', epoch, ...none, reason } as const
    this.#note(hostId, 'incident', this.#store.incidents.add({ ...incident, atMs: this.#clock.nowMs() }))
  }

  /** A host sends more facts than its quota; its acknowledgements come later. */
  tooMuch(hostId: HostId): void {
    const reason =
      'This host sends more facts than its quota, and is taken more slowly. A broken agent does that, or a hostile one; revoke it if it does not end.'
    this.#log.warn({ hostId }, `incident: ${reason}`)
    this.#note(hostId, 'incident', this.#add(hostId, { kind: 'too many facts', epoch: null, reason }))
  }

  /** The host's agent found that it remembers less than this controller: its memory was restored from a snapshot. */
  putBack(hostId: HostId, epoch: string): void {
    if (!this.#mayNote(`rolled back ${hostId}`)) return
    const reason =
      'This host was restored from a snapshot of its memory: it no longer knew facts that it had sent. What it did after the snapshot is in the record, and may not be on the host any more.'
    this.#log.warn({ hostId, epoch }, `incident: ${reason}`)
    this.#note(hostId, 'incident', this.#add(hostId, { kind: 'put back', epoch, reason }))
  }

  /** Frames between this controller and the host's agent were forged, changed, repeated or held back. */
  forged(hostId: HostId, epoch: string): void {
    if (!this.#mayNote(`forged ${hostId}`)) return
    const reason =
      'A frame on the link of this host did not bear its seal, or not in its turn; the link was closed, and nothing came of the frame. Whoever carries the frames is not to be trusted: look at the host, at its relay and at proxies on the way.'
    this.#log.warn({ hostId, epoch }, `incident: ${reason}`)
    this.#note(hostId, 'incident', this.#add(hostId, { kind: 'forged frame', epoch, reason }))
  }

  async #add(hostId: HostId, incident: Pick<Incident, 'kind' | 'epoch' | 'reason'>): Promise<void> {
    const host = await this.#store.hosts.byId(hostId)
    if (host === null) return
    const none = { seq: null, digest: null, line: null }
    await this.#store.incidents.add({
      ...none,
      ...incident,
      clientId: host.clientId,
      hostId,
      atMs: this.#clock.nowMs(),
    })
  }

  #mayNote(key: string): boolean {
    const budget = this.#budgets.get(key) ?? new Bucket(INCIDENTS)
    this.#budgets.set(key, budget)
    return budget.take()
  }

  #note(hostId: HostId, what: string, written: Promise<void>): void {
    written.catch((error: unknown) => this.#log.warn({ hostId, err: error }, `the ${what} of a host was not stored`))
  }
}
