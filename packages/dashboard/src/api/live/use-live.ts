import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react'
import { keepHost } from '../hosts.ts'
import { keepRun } from '../runs.ts'
import type { Clock } from './live-clock.ts'
import { type LinkStatus, LiveLink } from './live-link.ts'
import { RunFeed, type RunSnapshot } from './run-feed.ts'

/** The one live stream of the page, which `Shell` opens; null outside of it, which is a mistake of the page. */
export const LiveContext = createContext<LiveLink | null>(null)

/** Opens the live stream while somebody is logged in, and keeps the lists fresh with what it says. */
export function useLiveLink(): LiveLink {
  const client = useQueryClient()
  const [link] = useState(
    () =>
      new LiveLink({
        frame: (frame) => {
          if (frame.type === 'host') keepHost(client, frame.host)
          if (frame.type === 'run') keepRun(client, frame.run)
        },
        loggedOut: () => void client.invalidateQueries({ queryKey: ['session'] }),
        reopened: () => void client.invalidateQueries(),
      }),
  )
  useEffect(() => link.start(), [link])
  return link
}

function useLink(): LiveLink {
  const link = use(LiveContext)
  if (!link) throw new Error('There is no live stream around this part of the page.')
  return link
}

/** Whether what is shown is live. Components that use it render again when that changes. */
export function useLinkStatus(): LinkStatus {
  const link = useLink()
  return useSyncExternalStore(link.subscribe, link.status, link.status)
}

const EMPTY = new RunFeed()

/** Watches one run: the whole story so far, then each new fact as it is committed. */
export function useRunFeed(runId: string): RunSnapshot {
  const link = useLink()
  const [feed, setFeed] = useState(EMPTY)
  useEffect(() => {
    const watched = link.watch(runId)
    setFeed(watched.feed)
    return watched.leave
  }, [link, runId])
  return useSyncExternalStore(feed.subscribe, feed.snapshot, feed.snapshot)
}

/** The controller's time, read anew every `everyMs`; it stands still when `running` is false, and while nothing is heard. */
export function useClock(everyMs: number, running = true): Clock {
  const link = useLink()
  const status = useLinkStatus()
  const [clock, setClock] = useState(() => link.clock())
  // biome-ignore lint/correctness/useExhaustiveDependencies: a link that is lost or open again is seen at once
  useEffect(() => {
    setClock(link.clock())
    if (!running) return
    const timer = setInterval(() => setClock(link.clock()), everyMs)
    return () => clearInterval(timer)
  }, [link, everyMs, running, status])
  return clock
}

/** The same, for what only needs the time. */
export function useNow(everyMs: number, running = true): number {
  return useClock(everyMs, running).nowMs
}
