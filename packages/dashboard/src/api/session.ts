import { type LogInRequest, type PasswordRequest, SessionView } from '@chaos-lite/shared/api'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type * as z from 'zod'
import { ApiError, command, request } from './client.ts'

const KEY = ['session']
const ENDED = [...KEY, 'ended']

/** Who is logged in; null when nobody is. */
export function useSession() {
  const client = useQueryClient()
  return useQuery({
    queryKey: KEY,
    staleTime: 60_000,
    queryFn: async () => {
      try {
        return await request('GET', '/session', SessionView)
      } catch (error) {
        if (!(error instanceof ApiError) || error.problem.status !== 401) throw error
        // Whoever was logged in a moment ago did not log out here: the page that follows says so.
        if (client.getQueryData(KEY) != null) client.setQueryData(ENDED, true)
        return null
      }
    },
  })
}

/** Did the session end by itself, as after another log-in with a new password or a restart of the controller? */
export function useSessionEnded(): boolean {
  return useQueryClient().getQueryData(ENDED) === true
}

const STORAGE_EVERY_MS = 15_000

/** What the controller says while it cannot write its store; null while it can. */
export function useStorageNotice(): string | null {
  const { data } = useQuery({
    queryKey: [...KEY, 'notice'],
    queryFn: () => request('GET', '/session', SessionView),
    refetchInterval: STORAGE_EVERY_MS,
  })
  return data?.notice ?? null
}

/**
 * Opens a session in a cookie that scripts cannot read. Wrong passwords are slowed down by the controller (`too-many`).
 */
export function useLogIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.infer<typeof LogInRequest>) => request('POST', '/session', SessionView, body),
    onSuccess: (session) => {
      client.setQueryData(ENDED, false)
      client.setQueryData(KEY, session)
    },
  })
}

/** A new password ends every other log-in of this user; this page gets a new session with the answer. */
export function useSetPassword() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: z.infer<typeof PasswordRequest>) => request('POST', '/session/password', SessionView, body),
    onSuccess: (session) => client.setQueryData(KEY, session),
  })
}

/** Ends the session at the controller. What was shown is forgotten by the log-in page. */
export function useLogOut() {
  const client = useQueryClient()
  return useMutation({
    // What is still asked for would only be refused.
    onMutate: () => client.cancelQueries(),
    mutationFn: () => command('DELETE', '/session'),
    onSuccess: () => client.setQueryData(KEY, null),
  })
}

/** For the page that shows when nobody is logged in: nothing of one user is kept for the next. */
export function useForgetEverything(): void {
  const client = useQueryClient()
  // Not before that page is there: a page that is still shown would ask anew for what it misses.
  useEffect(() => client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] }), [client])
}

const RANK = { viewer: 1, operator: 2, administrator: 3 } as const

/** May this user do what needs that role? */
export function useMay(role: keyof typeof RANK): boolean {
  const { data } = useSession()
  return data != null && RANK[data.role] >= RANK[role]
}
