import { ChaosError, type HostId, type Ulid } from '@chaos-lite/shared'
import type { HostView } from '@chaos-lite/shared/api'
import type { Gateway } from '../gateway/gateway.ts'
import type { Store, StoredHost } from '../store/store.ts'
import type { RunBook } from './run-book.ts'

/** Hosts as the screens show them: what is stored, and what is known of the link now. */
export interface HostViews {
  ofClients(clientIds: readonly Ulid[]): Promise<HostView[]>
  /** Throws `not-found` when there is none, or when it belongs to another client. */
  one(hostId: HostId, clientIds: readonly Ulid[]): Promise<HostView>
  view(host: StoredHost): Promise<HostView>
}

type Deps = { store: Store; gateway: Gateway; runBook: Pick<RunBook, 'get'> }

export function makeHostViews({ store, gateway, runBook }: Deps): HostViews {
  /** The row of a run is about all of its hosts; the run itself tells of this one. */
  const unconfirmed = async (hostId: HostId): Promise<Ulid | null> => {
    for (const runId of await store.runs.unconfirmed(hostId)) {
      const restoration = (await runBook.get(runId))?.hosts.find((one) => one.hostId === hostId)?.restoration
      if (restoration === 'pending' || restoration === 'unknown') return runId
    }
    return null
  }
  const view = async (host: StoredHost): Promise<HostView> => {
    const { hostId, clientId, name, labels, proposedLabels, state, lastSeenMs, enrolledMs } = host
    const known = gateway.inventory(hostId) ?? host.inventory
    const { menu: _menu, offers = [], ...inventory } = known ?? {}
    return {
      hostId,
      clientId,
      name,
      labels,
      proposedLabels,
      state,
      online: gateway.isOnline(hostId),
      lastSeenMs,
      enrolledMs,
      inventory: known ? (inventory as HostView['inventory']) : null,
      offers,
      busyRunId: await store.runs.holding(hostId),
      unconfirmedRunId: await unconfirmed(hostId),
      clockBoundMs: gateway.clock(hostId)?.boundMs ?? null,
    }
  }
  return {
    view,
    async ofClients(clientIds) {
      const hosts = await Promise.all(clientIds.map((clientId) => store.hosts.ofClient(clientId)))
      return Promise.all(hosts.flat().map(view))
    },
    async one(hostId, clientIds) {
      const host = await store.hosts.byId(hostId)
      if (!host || !clientIds.includes(host.clientId)) throw new ChaosError('not-found', `There is no host ${hostId}.`)
      return view(host)
    },
  }
}
