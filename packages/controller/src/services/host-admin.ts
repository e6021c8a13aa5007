import type { HostId, Labels, Ulid } from '@chaos-lite/shared'
import type { HostView } from '@chaos-lite/shared/api'
import type { AgentGateway } from '../gateway/index.ts'
import type { Store } from '../store/index.ts'
import type { HostViews } from './host-views.ts'
import type { Live } from './live/live.ts'

/**
 * What an administrator decides about hosts. `clientIds` are those whose hosts this person may see: any other host is
 * `not-found`. Each answers with the host as it is afterwards.
 */
export interface HostAdmin {
  /**
   * Lets an enrolled host take part; if it waits on its link, at once. `replaces`: a host whose place it takes, which is
   * revoked in the same transaction. Throws `already-exists` where another approved host has its name, neither is
   * replaced by it nor, by `besides`, meant to stay beside it.
   */
  approve(
    hostId: HostId,
    how: { readonly replaces: HostId | null; readonly besides: boolean },
    clientIds: readonly Ulid[],
  ): Promise<HostView>
  /** Bars a host for ever and closes its link at once. It rolls back what it holds when its lease lapses. */
  revoke(hostId: HostId, clientIds: readonly Ulid[]): Promise<HostView>
  /** Labels decide which drills reach the host. */
  setLabels(hostId: HostId, labels: Labels, clientIds: readonly Ulid[]): Promise<HostView>
}

interface Deps {
  readonly store: Pick<Store, 'hosts'>
  readonly gateway: Pick<AgentGateway, 'approve' | 'revoke'>
  readonly views: Pick<HostViews, 'one'>
  readonly live: Pick<Live, 'hostChanged'>
}

/** Each change is stored first, then the connections of the host obey it, then watchers see it. */
export function makeHostAdmin({ store, gateway, views, live }: Deps): HostAdmin {
  const closed = (hostId: HostId) => {
    gateway.revoke(hostId)
    live.hostChanged(hostId)
  }
  return {
    async approve(hostId, { replaces, besides }, clientIds) {
      await views.one(hostId, clientIds)
      if (replaces !== null) await views.one(replaces, clientIds)
      await store.hosts.approve(hostId, { replaces, besides })
      if (replaces !== null) closed(replaces)
      gateway.approve(hostId)
      live.hostChanged(hostId)
      return views.one(hostId, clientIds)
    },
    async revoke(hostId, clientIds) {
      await views.one(hostId, clientIds)
      await store.hosts.setState(hostId, 'revoked')
      closed(hostId)
      return views.one(hostId, clientIds)
    },
    async setLabels(hostId, labels, clientIds) {
      await views.one(hostId, clientIds)
      await store.hosts.setLabels(hostId, labels)
      live.hostChanged(hostId)
      return views.one(hostId, clientIds)
    },
  }
}
