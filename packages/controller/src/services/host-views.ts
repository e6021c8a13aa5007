import { ChaosError, type HostId, type Ulid } from '@chaos-lite/shared'
import type { HardwareView, HostView } from '@chaos-lite/shared/api'
import type { Gateway } from '../gateway/index.ts'
import type { HostQuery, ListedHost, Page, Store } from '../store/index.ts'
import type { RunBook } from './run-book.ts'

/** Hosts as the screens show them: what is stored, and what is known of the link now. */
export interface HostViews {
  /** One page; however many hosts there are, the store is asked a handful of times. */
  page(query: Omit<HostQuery, 'busy' | 'attention' | 'online'>): Promise<Page<HostView>>
  /** Throws `not-found` when there is none, or when it belongs to another client. */
  one(hostId: HostId, clientIds: readonly Ulid[]): Promise<HostView>
  /** What it is made of, as it reported it last. Throws as `one`. */
  hardware(hostId: HostId, clientIds: readonly Ulid[]): Promise<HardwareView>
  view(host: ListedHost): Promise<HostView>
}

type Deps = { store: Store; gateway: Gateway; runBook: Pick<RunBook, 'get'> }

/** What runs say of hosts. */
interface OfRuns {
  readonly busyRunId: Ulid | null
  readonly unconfirmedRunId: Ulid | null
}

/** Joins what the store holds with what connections know now; a host of another company is `not-found`. */
export function makeHostViews({ store, gateway, runBook }: Deps): HostViews {
  /** The row of a run is about all of its hosts; the run itself describes this one. */
  const firstUnconfirmed = async (hostId: HostId, runIds: readonly Ulid[]): Promise<Ulid | null> => {
    for (const runId of runIds) {
      const restoration = (await runBook.get(runId))?.hosts.find((one) => one.hostId === hostId)?.restoration
      if (restoration === 'pending' || restoration === 'unknown') return runId
    }
    return null
  }
  const viewOf = (host: ListedHost, ofRuns: OfRuns): HostView => {
    const { hostId, clientId, name, labels, proposedLabels, state, lastSeenMs, enrolledMs } = host
    const known = gateway.inventory(hostId) ?? host.inventory
    return {
      ...{ hostId, clientId, name, labels, proposedLabels, state, lastSeenMs, enrolledMs },
      online: gateway.isOnline(hostId),
      inventory: known ? shown(known) : null,
      offers: [...(known?.offers ?? [])],
      ...ofRuns,
      clockBoundMs: gateway.clock(hostId)?.boundMs ?? null,
    }
  }
  const view = async (host: ListedHost): Promise<HostView> => {
    const { hostId } = host
    const [busyRunId, runIds] = await Promise.all([store.runs.holding(hostId), store.runs.unconfirmed(hostId)])
    return viewOf(host, { busyRunId, unconfirmedRunId: await firstUnconfirmed(hostId, runIds) })
  }
  const owned = async (hostId: HostId, clientIds: readonly Ulid[]) => {
    const host = await store.hosts.byId(hostId)
    if (!host || !clientIds.includes(host.clientId)) throw new ChaosError('not-found', `There is no host ${hostId}.`)
    return host
  }
  return {
    view,
    async page(query) {
      const { clientIds } = query
      const [held, candidates] = await Promise.all([store.runs.held(clientIds), store.runs.allUnconfirmed(clientIds)])
      const unconfirmed = new Map<HostId, Ulid>()
      for (const [hostId, runIds] of candidates) {
        const runId = await firstUnconfirmed(hostId, runIds)
        if (runId !== null) unconfirmed.set(hostId, runId)
      }
      const now = { busy: [...held.keys()], attention: [...unconfirmed.keys()], online: gateway.online() }
      const page = await store.hosts.page({ ...query, ...now })
      const items = page.items.map((host) =>
        viewOf(host, {
          busyRunId: held.get(host.hostId) ?? null,
          unconfirmedRunId: unconfirmed.get(host.hostId) ?? null,
        }),
      )
      return { ...page, items }
    },
    one: async (hostId, clientIds) => view(await owned(hostId, clientIds)),
    async hardware(hostId, clientIds) {
      await owned(hostId, clientIds)
      return (await store.hosts.hardware(hostId)) ?? { hardware: null, reportedMs: null }
    },
  }
}

/** Everything that a host reported but what it offers, which is shown apart, and its menu, which is large. */
function shown(known: NonNullable<ListedHost['inventory']> & { menu?: unknown }): HostView['inventory'] {
  const { menu: _menu, offers: _offers, ...inventory } = known
  return inventory as HostView['inventory']
}
