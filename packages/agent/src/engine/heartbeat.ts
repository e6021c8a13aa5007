import { stat } from 'node:fs/promises'
import { durationText } from '@chaos-lite/shared'

/** A beat each second; so many that were not answered in a row end the process. */
const EVERY_MS = 1_000
const MOST_MISSED = { busy: 3, idle: 10 } as const

/** How the process watches itself: a disk that hangs takes the threads that would roll a failure back. */
export interface HeartbeatOptions {
  /** On the agent's own disk: to look at it takes no time, unless no thread is free to look. */
  readonly path: string
  /** Is a failure under way? Then less is waited for. */
  isBusy(): boolean
  /** Nothing that is read or written comes to its end any more. Told once, in a sentence. */
  onDead(reason: string): void
  /** For tests. */
  readonly beat?: () => Promise<unknown>
  readonly everyMs?: number
}

/**
 * Asks the pool of threads, through which all reading and writing goes, for a sign of life. When every thread waits for
 * something that never answers (a server that is gone, a pipe), this process can neither roll back nor mark, and holds the
 * lock perhaps: its end is better. Counted in beats, so that a machine that slept or a debugger ends nobody.
 */
export function watchThreads(options: HeartbeatOptions): Disposable {
  const { path, isBusy, onDead, beat = () => stat(path), everyMs = EVERY_MS } = options
  let waiting = false
  let missed = 0
  const look = () => {
    if (waiting) {
      missed += 1
      if (missed < (isBusy() ? MOST_MISSED.busy : MOST_MISSED.idle)) return
      clearInterval(timer)
      const forMs = durationText(missed * everyMs)
      onDead(`no thread of this process has answered for ${forMs}: something that it reads hangs`)
      return
    }
    waiting = true
    missed = 0
    const answered = () => {
      waiting = false
    }
    beat().then(answered, answered)
  }
  const timer = setInterval(look, everyMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
