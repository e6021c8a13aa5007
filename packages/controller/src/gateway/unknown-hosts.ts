import type { HostId } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import type { Clock } from '../services/clock.ts'
import type { Store } from '../store/store.ts'
import { utcText } from '../utc-text.ts'

/** More of one restore are not kept: anybody can send host ids, and must not fill the disk or the page of the hosts. */
const MOST = 20
const KIND = 'store restored'

interface Deps {
  readonly store: Pick<Store, 'restores' | 'clients' | 'incidents'>
  readonly clock: Clock
  readonly log: Logger
}

/**
 * Hosts that this controller does not know. After a restore from a backup they may be hosts that were enrolled after the
 * backup: their agents try for ever, and nobody would learn why. Who sends the id has proved nothing, so only the id is
 * kept, once each, and a bounded number of them.
 */
export class UnknownHosts {
  readonly #deps: Deps
  readonly #told = new Set<HostId>()
  /** One after another, so that the bound holds. */
  #work: Promise<void> = Promise.resolve()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** An unproved connection said that it is this host. Never rejects. */
  refused(hostId: HostId, address: string): Promise<void> {
    if (this.#told.has(hostId) || this.#told.size >= MOST) return this.#work
    this.#told.add(hostId)
    this.#work = this.#work
      .then(() => this.#tell(hostId, address))
      .catch((error: unknown) => {
        this.#told.delete(hostId)
        this.#deps.log.warn({ hostId, err: error }, 'an unknown host could not be noted')
      })
    return this.#work
  }

  async #tell(hostId: HostId, address: string): Promise<void> {
    const { store, clock, log } = this.#deps
    const restore = (await store.restores.all()).at(-1)
    if (restore === undefined) return
    const { restoredMs, backupMs } = restore
    const reason = `A host with the id "${hostId}" was refused (4401): this controller does not know it. The controller was restored on ${utcText(restoredMs)} from a backup of ${utcText(backupMs)}, so the host may have been enrolled after that backup. If it is your host, create a token and enrol it again. Otherwise ignore this: the id is not verified.`
    log.warn({ hostId, address, restoredMs, backupMs }, reason)
    for (const { clientId } of await store.clients.all()) {
      const known = (await store.incidents.ofClient(clientId, 200)).filter(
        ({ kind, hostId, seq }) => kind === KIND && hostId !== null && seq === restoredMs,
      )
      if (known.length >= MOST || known.some((one) => one.hostId === hostId)) continue
      const about = { hostId, seq: restoredMs, epoch: null, digest: null, line: null }
      await store.incidents.add({ ...about, clientId, kind: KIND, reason, atMs: clock.nowMs() })
    }
  }
}
