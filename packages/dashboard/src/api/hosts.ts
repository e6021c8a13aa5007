import type { Labels } from '@chaos-lite/shared'
import { HostView, IncidentView, type TokenRequest, TokenView } from '@chaos-lite/shared/api'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { request } from './client.ts'

const KEY = ['hosts']

/** All hosts of the user's companies. The live stream brings changes; asking anew catches what it missed. */
export function useHosts() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => request('GET', '/hosts', z.array(HostView)),
    refetchInterval: 30_000,
  })
}

/** What should not have happened with hosts' identities and facts, newest first. */
export function useIncidents() {
  return useQuery({
    queryKey: ['incidents'],
    queryFn: () => request('GET', '/incidents', z.array(IncidentView)),
    refetchInterval: 30_000,
  })
}

/** One host, from the list. */
export function useHost(hostId: string) {
  const hosts = useHosts()
  return { ...hosts, data: hosts.data?.find((host) => host.hostId === hostId) }
}

/** Puts a newer view of a host into the list. */
export function keepHost(client: QueryClient, host: HostView): void {
  client.setQueryData<HostView[]>(KEY, (hosts) => {
    if (!hosts) return hosts
    const known = hosts.some((one) => one.hostId === host.hostId)
    return known ? hosts.map((one) => (one.hostId === host.hostId ? host : one)) : [...hosts, host]
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

export const useApproveHost = () => useHostCommand((hostId: string) => ['POST', `/hosts/${hostId}/approve`])
export const useRevokeHost = () => useHostCommand((hostId: string) => ['POST', `/hosts/${hostId}/revoke`])
export const useSetLabels = () =>
  useHostCommand(({ hostId, labels }: { hostId: string; labels: Labels }) => ['PUT', `/hosts/${hostId}/labels`, labels])

/** Makes a one-time token that lets one host enrol. */
export function useCreateToken() {
  return useMutation({
    mutationFn: (body: z.input<typeof TokenRequest>) => request('POST', '/tokens', TokenView, body),
  })
}
