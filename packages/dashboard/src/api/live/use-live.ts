import { useQueryClient } from '@tanstack/react-query'
import { createContext, use, useEffect, useState, useSyncExternalStore } from 'react'
import { keepHost } from '../hosts.ts'
import { keepRun } from '../runs.ts'
import type { Clock } from './live-clock.ts'
import { LiveStream, type StreamStatus } from './live-stream.ts'
import { RunFeed, type RunSnapshot } from './run-feed.ts'

/** The one live stream of the page, which `Shell` opens; null outside of it, which is a mistake of the page. */
export const LiveContext = createContext<LiveStream | null>(null)

/** Opens the live stream while somebody is logged in, and keeps the lists fresh with what it says. */
export function useLiveStream(): LiveStream {
  const client = useQueryClient()
  const [stream] = useState(
    () =>
      new LiveStream({
        frame: (frame) => {
          if (frame.type === 'host') keepHost(client, frame.host)
          if (frame.type === 'run') keepRun(client, frame.run)
        },
        loggedOut: () => void client.invalidateQueries({ queryKey: ['session'] }),
        reopened: () => void client.invalidateQueries(),
      }),
  )
  useEffect(() => stream.start(), [stream])
  return stream
}

function useStream(): LiveStream {
  const stream = use(LiveContext)
  if (!stream) throw new Error('There is no live stream around this part of the page.')
  return stream
}

/** Whether what is shown is live. Components that use it render again when that changes. */
export function useStreamStatus(): StreamStatus {
  const stream = useStream()
  return useSyncExternalStore(stream.subscribe, stream.status, stream.status)
}

const EMPTY = new RunFeed()

/** Watches one run: the whole story so far, then each new fact as it is committed. */
export function useRunFeed(runId: string): RunSnapshot {
  const stream = useStream()
  const [feed, setFeed] = useState(EMPTY)
  useEffect(() => {
    const watched = stream.watch(runId)
    setFeed(watched.feed)
    return watched.leave
  }, [stream, runId])
  return useSyncExternalStore(feed.subscribe, feed.snapshot, feed.snapshot)
}

/** The controller's time, read anew every `everyMs`; it stands still when `running` is false, and while nothing is heard. */
export function useClock(everyMs: number, running = true): Clock {
  const stream = useStream()
  const status = useStreamStatus()
  const [clock, setClock] = useState(() => stream.clock())
  // biome-ignore lint/correctness/useExhaustiveDependencies: a stream that is lost or open again is seen at once
  useEffect(() => {
    setClock(stream.clock())
    if (!running) return
    const timer = setInterval(() => setClock(stream.clock()), everyMs)
    return () => clearInterval(timer)
  }, [stream, everyMs, running, status])
  return clock
}
