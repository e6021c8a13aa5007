import { StopAllView } from '@chaos-lite/shared/api'
import { useMutation, useMutationState, useQuery, useQueryClient } from '@tanstack/react-query'
import { request } from './client.ts'
import { ANSWER_MS, untilAcknowledged } from './until-acknowledged.ts'

const KEY = ['stop-all']

/**
 * Stops everything, and rolls it back, on all hosts of the user's companies. Asked for until the controller has
 * acknowledged it, also after the window that asked was closed.
 */
export function useStopAll() {
  const client = useQueryClient()
  return useMutation({
    ...untilAcknowledged,
    mutationKey: KEY,
    mutationFn: () => request('POST', '/stop-all', StopAllView, undefined, ANSWER_MS),
    onSuccess: (view) => client.setQueryData(KEY, view),
  })
}

/** How often stopping everything was asked for in vain; 0 when it is not being asked for, or was acknowledged. */
export function useStopAllTries(): number {
  const tries = useMutationState({
    filters: { mutationKey: KEY, status: 'pending' },
    select: ({ state }) => state.failureCount,
  })
  return Math.max(0, ...tries)
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
