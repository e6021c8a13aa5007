import { setTimeout as sleep } from 'node:timers/promises'
import { ChaosError, type Run, reduce, type SourcedFact, startRun } from '@chaos-lite/shared'
import { LIVE_PATH, LiveFrame } from '@chaos-lite/shared/api'
import { WebSocket } from 'ws'
import type { Session } from './session-file.ts'
import { type StreamListener, type StreamWatch, watchStream } from './stream-watch.ts'
import { HALT, unreachable } from './unreachable.ts'
import { verified } from './verified.ts'

/** What is called while a run is watched; each part is optional. */
export interface RunWatcher extends StreamListener {
  /** Each fact, in order, with the run as it stands after it. The backlog of a late watcher comes the same way. */
  fact?(fact: SourcedFact, run: Run): void
  /** The controller's clock minus ours. */
  clock?(offsetMs: number): void
}

const FIRST_WORD_MS = 15_000

/** How long what lasts, in milliseconds. */
export interface WatchTimes {
  readonly retryMs: number
  /** A loss of the stream that lasts longer is reported. */
  readonly lostAfterMs: number
  /** A controller says the time every 5 s: where it says nothing for so long, the connection is given up. */
  readonly silentMs: number
}
const TIMES: WatchTimes = { retryMs: 1_000, lostAfterMs: 4_000, silentMs: 15_000 }
/** So often in a row no stream could be opened: then the watch ends. */
const MAX_LOSSES = 60
const MAX_FRAME_BYTES = 16 * 1024 * 1024

/**
 * Follows a run until it has ended, through losses of the connection. Resolves with the ended run, or with the run as
 * last seen when `signal` ends.
 */
export async function watchRun(
  session: Session,
  runId: string,
  watcher: RunWatcher,
  signal: AbortSignal,
  times: WatchTimes = TIMES,
): Promise<Run> {
  const stream = watchStream(watcher, times.lostAfterMs)
  const following = { session, runId, watcher, signal, stream, silentMs: times.silentMs }
  let run = startRun()
  let losses = 0
  try {
    while (!signal.aborted) {
      try {
        run = await follow(following, run)
        if (run.phase === 'ended' || signal.aborted) return run
        losses = 0
      } catch (error) {
        losses += 1
        if (error instanceof ChaosError && !error.retry) throw error
        if (losses > MAX_LOSSES) throw givenUp(session, runId, error)
      }
      stream.gone(Date.now())
      await sleep(times.retryMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    stream.end()
  }
  return run
}

function givenUp(session: Session, runId: string, cause: unknown): ChaosError {
  const why = cause instanceof ChaosError ? cause.message : unreachable(session, cause).message
  return new ChaosError(
    'timed-out',
    `${why}\nThe run may go on. ${HALT}\nWatch it again: chaos-lite run watch ${runId}`,
    {
      cause,
    },
  )
}

/** How a controller closes the connection of a watcher who asks for a run that it does not have. */
const NO_SUCH_RUN = 'no such run'

function noSuchRun(runId: string): ChaosError {
  return new ChaosError('not-found', `There is no run ${runId}; see: chaos-lite run list`)
}

interface Following {
  readonly session: Session
  readonly runId: string
  readonly watcher: RunWatcher
  readonly signal: AbortSignal
  readonly stream: StreamWatch
  readonly silentMs: number
}

async function follow({ session, runId, watcher, signal, stream, silentMs }: Following, known: Run): Promise<Run> {
  const url = `${session.url.replace(/^http/, 'ws')}${LIVE_PATH}`
  const tls = await verified(session.caFile)
  const headers = { authorization: `Bearer ${session.token}` }
  const options = {
    headers,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    handshakeTimeout: FIRST_WORD_MS,
    ...tls,
  }
  const socket = new WebSocket(url, options)
  let run = known
  const take = (fact: SourcedFact) => {
    const next = reduce(run, fact)
    // The backlog comes again after a reconnection; what was seen before changes nothing.
    if (next === run) return
    run = next
    watcher.fact?.(fact, run)
  }
  return new Promise((resolve, reject) => {
    const stop = () => socket.close()
    const silence = setTimeout(() => {
      stream.gone(stream.lastHeardMs())
      socket.terminate()
    }, silentMs)
    signal.addEventListener('abort', stop, { once: true })
    socket.on('open', () => socket.send(JSON.stringify({ type: 'watch', runId })))
    socket.on('message', (data) => {
      silence.refresh()
      stream.heard()
      const parsed = LiveFrame.safeParse(JSON.parse(String(data)))
      if (!parsed.success) return socket.close()
      const frame = parsed.data
      if (frame.type === 'time') watcher.clock?.(frame.nowMs - Date.now())
      if (frame.type === 'backlog') for (const fact of frame.facts) take(fact)
      if (frame.type === 'fact' && frame.runId === runId) take(frame.fact)
      return run.outcome === null ? undefined : socket.close()
    })
    socket.on('unexpected-response', (_, response) => {
      clearTimeout(silence)
      const refused = response.statusCode === 401 || response.statusCode === 403
      reject(new ChaosError(refused ? 'not-logged-in' : 'timed-out', 'The live stream was refused; log in again.'))
      socket.terminate()
    })
    socket.on('error', reject)
    socket.on('close', (_, reason) => {
      clearTimeout(silence)
      signal.removeEventListener('abort', stop)
      // Of a run that was seen before, this is a trouble of the controller that may pass.
      if (String(reason) === NO_SUCH_RUN && run.runId === null) reject(noSuchRun(runId))
      resolve(run)
    })
  })
}
