import { type AnswerRequest, RunRow } from '@chaos-lite/shared/api'
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
import { ANSWER_MS, untilAcknowledged } from './until-acknowledged.ts'

const LISTS = ['runs', 'list']
const LIVE = ['runs', 'live']
const PAGE = 50

type Pages = InfiniteData<ListPage<RunRow>, string | null>

/** Which runs are shown; an empty text means all. */
export interface RunFilter {
  readonly status: string
  readonly drill: string
  readonly host: string
  readonly text: string
  /** Days as people write them, `2026-11-30`, in the reader's zone. */
  readonly from: string
  readonly to: string
}

/** Runs, newest first, page by page; filtered by the controller. The live stream brings changes. */
export function useRunPages(filter: RunFilter) {
  return useInfiniteQuery({
    queryKey: [...LISTS, filter],
    queryFn: ({ pageParam }) => requestPage(`/runs?${queryOf(filter, pageParam)}`, z.array(RunRow)),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
}

/** The query of one page of runs. The day of `to` belongs to what is shown. */
function queryOf({ status, drill, host, text, from, to }: RunFilter, before: string | null): URLSearchParams {
  const day = (written: string, days: number) => {
    const [year = 0, month = 1, date = 1] = written.split('-').map(Number)
    return String(new Date(year, month - 1, date + days).getTime())
  }
  return new URLSearchParams({
    limit: String(PAGE),
    ...(status && { status }),
    ...(drill && { drill }),
    ...(host && { host }),
    ...(text && { text }),
    ...(from && { from: day(from, 0) }),
    ...(to && { to: day(to, 1) }),
    ...(before && { before }),
  })
}

/** Every run under way, of all companies of the user. */
export function useLiveRuns() {
  return useQuery({
    queryKey: LIVE,
    queryFn: () =>
      request('GET', `/runs?${new URLSearchParams({ status: 'under way', limit: '500' })}`, z.array(RunRow)),
    refetchInterval: 30_000,
  })
}

/** The newest run of a drill; null: it was never run. */
export function useLastRun(drill: string) {
  return useQuery({
    queryKey: [...LISTS, 'last of', drill],
    queryFn: async () =>
      (await request('GET', `/runs?${new URLSearchParams({ drill, limit: '1' })}`, z.array(RunRow)))[0] ?? null,
    staleTime: 30_000,
  })
}

/** Puts a newer row where it is shown; a run that no list has yet makes them ask again. */
export function keepRun(client: QueryClient, run: RunRow): void {
  const live = client.getQueryData<RunRow[]>(LIVE)
  const wasLive = live?.some(({ runId }) => runId === run.runId) ?? false
  client.setQueryData<RunRow[]>(LIVE, (runs) => {
    const others = runs?.filter(({ runId }) => runId !== run.runId)
    return others && (run.endedMs === null ? [run, ...others] : others)
  })
  let known = false
  client.setQueriesData<Pages>({ queryKey: LISTS, predicate: ({ state }) => isPages(state.data) }, (pages) => {
    if (!pages?.pages.some(({ items }) => items.some((one) => one.runId === run.runId))) return pages
    known = true
    const newer = (one: RunRow) => (one.runId === run.runId ? run : one)
    return { ...pages, pages: pages.pages.map((page) => ({ ...page, items: page.items.map(newer) })) }
  })
  // A list may show it from now on, or no longer.
  if (!known || wasLive !== (run.endedMs === null)) void client.invalidateQueries({ queryKey: LISTS })
}

function isPages(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'pages' in data
}

function useRunCommand<T>(
  runId: string,
  at: (input: T) => { path: string; body?: unknown },
  options: Partial<typeof untilAcknowledged> = {},
) {
  const client = useQueryClient()
  return useMutation({
    ...options,
    mutationFn: (input: T) => {
      const { path, body } = at(input)
      return request('POST', `/runs/${runId}${path}`, RunRow, body, options.retry && ANSWER_MS)
    },
    onSuccess: (run) => keepRun(client, run),
  })
}

/** Stops a run: everything it changed is rolled back. Asked for until the controller has acknowledged it. */
export const useAbort = (runId: string) =>
  useRunCommand(runId, (reason: string) => ({ path: '/abort', body: { reason } }), untilAcknowledged)

/** Answers a question of a run. Sent once: a failure is shown, and the person decides whether to send again. */
export const useAnswer = (runId: string) =>
  useRunCommand(runId, ({ stepId, ...body }: z.infer<typeof AnswerRequest> & { stepId: string }) => ({
    path: `/answers/${stepId}`,
    body,
  }))

/** The expected alert was seen by a person. */
export const useAcknowledge = (runId: string) =>
  useRunCommand(runId, (stepId: string) => ({ path: `/acknowledge/${stepId}` }))

/** Adds an observation to a run that is under way; it is recorded with the name of the user. */
export const useNote = (runId: string) => useRunCommand(runId, (note: string) => ({ path: '/notes', body: { note } }))
