import { ChaosError, type Run, reduce, type SourcedFact, startRun } from '@chaos-lite/shared'
import { LIVE_PATH, LiveFrame } from '@chaos-lite/shared/api'
import { WebSocket } from 'ws'
import type { Session } from './session-file.ts'
import { verified } from './verified.ts'

export interface RunWatcher {
  /** Each fact, in order, with the run as it stands after it. The backlog of a late watcher comes the same way. */
  fact?(fact: SourcedFact, run: Run): void
  /** The controller's clock minus ours. */
  clock?(offsetMs: number): void
}

const FIRST_WORD_MS = 15_000
const RETRY_MS = 1_000
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
): Promise<Run> {
  let run = startRun()
  let losses = 0
  while (!signal.aborted) {
    try {
      run = await follow(session, runId, watcher, run, signal)
      if (run.phase === 'ended' || signal.aborted) return run
      losses = 0
    } catch (error) {
      losses += 1
      if (losses > 60 || (error instanceof ChaosError && !error.retry)) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
  return run
}

async function follow(
  session: Session,
  runId: string,
  watcher: RunWatcher,
  known: Run,
  signal: AbortSignal,
): Promise<Run> {
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
    signal.addEventListener('abort', stop, { once: true })
    socket.on('open', () => socket.send(JSON.stringify({ type: 'watch', runId })))
    socket.on('message', (data) => {
      const parsed = LiveFrame.safeParse(JSON.parse(String(data)))
      if (!parsed.success) return socket.close()
      const frame = parsed.data
      if (frame.type === 'time') watcher.clock?.(frame.nowMs - Date.now())
      if (frame.type === 'backlog') for (const fact of frame.facts) take(fact)
      if (frame.type === 'fact' && frame.runId === runId) take(frame.fact)
      return run.outcome === null ? undefined : socket.close()
    })
    socket.on('unexpected-response', (_, response) => {
      const refused = response.statusCode === 401 || response.statusCode === 403
      reject(new ChaosError(refused ? 'not-logged-in' : 'timed-out', 'The live stream was refused; log in again.'))
      socket.terminate()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      signal.removeEventListener('abort', stop)
      resolve(run)
    })
  })
}
