import type { Labels } from '@chaos-lite/shared'
import { HardwareView, HostView, IncidentView, type TokenRequest, TokenView } from '@chaos-lite/shared/api'
import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import * as z from 'zod'
import { type ListPage, request, requestPage } from './client.ts'

const LISTS = ['hosts', 'list']
const NAMESAKES = ['hosts', 'namesakes']
const PAGE = 60

type Pages = InfiniteData<ListPage<HostView>, string | null>

/** Hosts of the user's companies, page by page: those with a drill under way, then those that need a person, then the rest. The live stream brings changes. */
export function useHostPages(text: string) {
  return useInfiniteQuery({
    queryKey: [...LISTS, text],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: String(PAGE), text, ...(pageParam && { cursor: pageParam }) })
      return requestPage(`/hosts?${query}`, z.array(HostView))
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
}

/** Asked for again every 30 s: the live stream says that a host has changed, but not that time has passed. */
export function useHost(hostId: string) {
  return useQuery({
    queryKey: ['hosts', 'one', hostId],
    queryFn: () => request('GET', `/hosts/${encodeURIComponent(hostId)}`, HostView),
    refetchInterval: 30_000,
  })
}

/** What a host is made of. It changes with a new link of its agent at the most. */
export function useHostHardware(hostId: string) {
  return useQuery({
    queryKey: ['hosts', 'hardware', hostId],
    queryFn: () => request('GET', `/hosts/${encodeURIComponent(hostId)}/hardware`, HardwareView),
    refetchInterval: 60_000,
  })
}

/** Approved hosts that have the name of one that waits. */
export function useNamesakes({ hostId, clientId, name, state }: HostView): readonly HostView[] {
  const { data } = useQuery({
    queryKey: [...NAMESAKES, hostId],
    queryFn: async () => {
      const query = new URLSearchParams({ state: 'approved', text: name, limit: '500' })
      return (await requestPage(`/hosts?${query}`, z.array(HostView))).items
    },
    enabled: state === 'pending',
  })
  if (state !== 'pending') return []
  return (data ?? []).filter((one) => one.name === name && one.clientId === clientId && one.hostId !== hostId)
}

/** Puts a newer view of a host where it is shown; lists that do not have it yet, or have it at another place, are asked for again. */
export function keepHost(client: QueryClient, host: HostView): void {
  client.setQueryData<HostView>(['hosts', 'one', host.hostId], host)
  let known = false
  let moved = false
  client.setQueriesData<Pages>({ queryKey: LISTS }, (pages) => {
    if (!pages?.pages.some(({ items }) => items.some((one) => one.hostId === host.hostId))) return pages
    known = true
    // Hosts with a drill under way come first: the order is another one now.
    moved ||= pages.pages.some(({ items }) => items.some((one) => one.hostId === host.hostId && isMoved(one, host)))
    const newer = (one: HostView) => (one.hostId === host.hostId ? host : one)
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(newer) })) }
  })
  if (!known || moved) void client.invalidateQueries({ queryKey: LISTS })
  void client.invalidateQueries({ queryKey: NAMESAKES })
}

function isMoved(before: HostView, now: HostView): boolean {
  return before.state !== now.state || (before.busyRunId === null) !== (now.busyRunId === null)
}

/** What should not have happened with hosts' identities and facts, newest first. */
export function useIncidents() {
  return useQuery({
    queryKey: ['incidents'],
    queryFn: () => request('GET', '/incidents', z.array(IncidentView)),
    refetchInterval: 30_000,
  })
}

function useHostCommand<T>(path: (input: T) => [method: 'POST' | 'PUT', path: string, body?: unknown]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: T) => {
      const [method, at, body] = path(input)
      return request(method, at, HostView, body)
    },
    onSuccess: (host) => keepHost(client, host),
  })
}

/** What becomes of another approved host of the same name: it is replaced, or both stay. */
interface Approval {
  readonly hostId: string
  readonly replaces?: string
  readonly besides?: boolean
}

/**
 * Lets a host in. `replaces` revokes the host whose place it takes; `besides` lets two of one name stand side by side.
 */
export const useApproveHost = () =>
  useHostCommand(({ hostId, ...body }: Approval) => ['POST', `/hosts/${hostId}/approve`, body])
/** Shuts a host out for good: its agent must enrol again with a new token. */
export const useRevokeHost = () => useHostCommand((hostId: string) => ['POST', `/hosts/${hostId}/revoke`])
/** Replaces all labels of a host, which also settles what it proposes of itself. */
export const useSetLabels = () =>
  useHostCommand(({ hostId, labels }: { hostId: string; labels: Labels }) => ['PUT', `/hosts/${hostId}/labels`, labels])

/** Makes a one-time token that lets one host enrol. */
export function useCreateToken() {
  return useMutation({
    mutationFn: (body: z.input<typeof TokenRequest>) => request('POST', '/tokens', TokenView, body),
  })
}
