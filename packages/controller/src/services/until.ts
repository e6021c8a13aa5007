import type { Run, Ulid } from '@chaos-lite/shared'
import type { RunBook } from './run-book.ts'

/** Longer, and Node.js would end the timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Resolves with the run as soon as `done` holds; with null at the deadline or when `signal` ends first. */
export function until(
  book: Pick<RunBook, 'current' | 'listen'>,
  runId: Ulid,
  done: (run: Run) => boolean,
  options: { withinMs: number; signal?: AbortSignal },
): Promise<Run | null> {
  const now = book.current(runId)
  if (now !== null && done(now)) return Promise.resolve(now)
  if (options.signal?.aborted) return Promise.resolve(null)
  return new Promise((resolve) => {
    const finish = (run: Run | null) => {
      clearTimeout(timer)
      unlisten()
      options.signal?.removeEventListener('abort', onAbort)
      resolve(run)
    }
    const onAbort = () => finish(null)
    const timer = setTimeout(onAbort, Math.min(Math.max(0, options.withinMs), LONGEST_TIMER_MS))
    const unlisten = book.listen({
      fact: (changed) => {
        const run = book.current(runId)
        if (changed === runId && run !== null && done(run)) finish(run)
      },
    })
    options.signal?.addEventListener('abort', onAbort, { once: true })
  })
}
