import { type HostId, utcText } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import { networkOf } from '../asking/index.ts'
import type { Store } from '../store/index.ts'
import type { Clock } from '../time/index.ts'

/** More of one restore are not kept: anybody can send host ids, and must not fill the disk or the page of the hosts. */
const MOST = 40
/** Of them from one network: a stranger must not use up the places of hosts that were enrolled after the backup. */
const MOST_PER_NETWORK = 10
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
  readonly #reported = new Set<HostId>()
  readonly #perNetwork = new Map<string, number>()
  /** One after another, so that the bound holds. */
  #work: Promise<void> = Promise.resolve()

  constructor(deps: Deps) {
    this.#deps = deps
  }

  /** An unproved connection said that it is this host. Never rejects. */
  refused(hostId: HostId, address: string): Promise<void> {
    const network = networkOf(address)
    const before = this.#perNetwork.get(network) ?? 0
    if (this.#reported.has(hostId) || this.#reported.size >= MOST || before >= MOST_PER_NETWORK) return this.#work
    this.#reported.add(hostId)
    this.#perNetwork.set(network, before + 1)
    this.#work = this.#work
      .then(() => this.#report(hostId, address))
      .catch((error: unknown) => {
        this.#reported.delete(hostId)
        this.#perNetwork.set(network, (this.#perNetwork.get(network) ?? 1) - 1)
        this.#deps.log.warn({ hostId, err: error }, 'an unknown host could not be noted')
      })
    return this.#work
  }

  async #report(hostId: HostId, address: string): Promise<void> {
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
