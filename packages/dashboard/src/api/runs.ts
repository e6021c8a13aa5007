import { type AnswerRequest, RunRow } from '@chaos-lite/shared/api'
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import * as z from 'zod'
import { request } from './client.ts'

const KEY = ['runs']
const PAGE = 100

/** The newest runs. The live stream brings changes. */
export function useRuns() {
  return useQuery({
    queryKey: KEY,
    queryFn: () => request('GET', `/runs?limit=${PAGE}`, z.array(RunRow)),
    refetchInterval: 30_000,
  })
}

/** Puts a newer row into the list, newest first. */
export function keepRun(client: QueryClient, run: RunRow): void {
  client.setQueryData<RunRow[]>(KEY, (runs) => {
    if (!runs) return runs
    const known = runs.some((one) => one.runId === run.runId)
    return known ? runs.map((one) => (one.runId === run.runId ? run : one)) : [run, ...runs]
  })
}

function useRunCommand<T>(runId: string, at: (input: T) => { path: string; body?: unknown }) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: T) => {
      const { path, body } = at(input)
      return request('POST', `/runs/${runId}${path}`, RunRow, body)
    },
    onSuccess: (run) => keepRun(client, run),
  })
}

/** Stops a run: everything it changed is put back. */
export const useAbort = (runId: string) =>
  useRunCommand(runId, (reason: string) => ({ path: '/abort', body: { reason } }))

export const useAnswer = (runId: string) =>
  useRunCommand(runId, ({ stepId, ...body }: z.infer<typeof AnswerRequest> & { stepId: string }) => ({
    path: `/answers/${stepId}`,
    body,
  }))

/** The expected alert was seen by a person. */
export const useAcknowledge = (runId: string) =>
  useRunCommand(runId, (stepId: string) => ({ path: `/acknowledge/${stepId}` }))

export const useNote = (runId: string) => useRunCommand(runId, (note: string) => ({ path: '/notes', body: { note } }))
