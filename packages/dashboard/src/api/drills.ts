import { Plan } from '@chaos-lite/shared'
import { AlertAddressView, DrillView, type PlanRequest, RunRow } from '@chaos-lite/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { request } from './client.ts'
import { keepRun } from './runs.ts'

/** All drills, also those that mistakes keep from being planned. */
export function useDrills() {
  return useQuery({ queryKey: ['drills'], queryFn: () => request('GET', '/drills', z.array(DrillView)) })
}

/** A drill by name; `not-found` when its file was removed. */
export function useDrill(name: string) {
  return useQuery({
    queryKey: ['drills', name],
    queryFn: () => request('GET', `/drills/${encodeURIComponent(name)}`, DrillView),
  })
}

/** Resolves a drill against real hosts. Nothing is changed; hosts that refuse say why. */
export function usePlan() {
  return useMutation({ mutationFn: (body: z.input<typeof PlanRequest>) => request('POST', '/plans', Plan, body) })
}

/** Starts exactly the plan that was looked at. */
export function useStartRun() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ planId, digest }: Plan) => request('POST', '/runs', RunRow, { planId, digest }),
    onSuccess: (run) => keepRun(client, run),
  })
}

/** The address that a monitoring system calls when it notices this drill's failure. */
export function useAlertAddress(name: string, wanted: boolean) {
  return useQuery({
    queryKey: ['drills', name, 'alert-address'],
    enabled: wanted,
    queryFn: () => request('GET', `/drills/${encodeURIComponent(name)}/alert-address`, AlertAddressView),
  })
}
