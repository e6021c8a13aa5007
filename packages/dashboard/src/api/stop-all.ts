import { StopAllView } from '@chaos-lite/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client.ts'

const KEY = ['stop-all']

/** Stops everything, and puts it back, on all hosts of the user's companies. */
export function useStopAll() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request('POST', '/stop-all', StopAllView),
    onSuccess: (view) => client.setQueryData(KEY, view),
  })
}

/** While nothing was stopped, nobody waits for the answer. */
const QUIET_MS = 10_000

/** Where stopping everything stands; asked every second until the last host has confirmed. */
export function useStopAllView(wanted: boolean) {
  return useQuery({
    queryKey: KEY,
    enabled: wanted,
    queryFn: () => request('GET', '/stop-all', StopAllView),
    refetchInterval: ({ state: { data } }) => {
      const done = data?.stoppedMs === null || data?.hosts.every((host) => host.state === 'confirmed')
      return done === true ? QUIET_MS : 1_000
    },
  })
}
