import { setTimeout as pause } from 'node:timers/promises'

/** How something is looked at until it is so. Times are in ms. */
export interface Looking {
  /** The pause between two looks. */
  readonly everyMs: number
  /** After this no other look is taken; without it, only the condition and the signal end the wait. */
  readonly withinMs?: number
  /** The clock of `withinMs`; default: that of the runtime. */
  readonly monoMs?: () => number
  /** Ends the wait, a pause included. A look that is under way goes on to its end. */
  readonly signal?: AbortSignal
}

/**
 * Looks again and again until what is found is what is waited for, the time is over, or the signal is aborted. Looks at least once, and
 * resolves with what was found last: the caller judges it. Rejects only with what a look throws.
 */
export async function lookUntil<T>(
  look: () => Promise<T>,
  isWaitedFor: (found: T) => boolean,
  { everyMs, withinMs = Number.POSITIVE_INFINITY, monoMs = () => performance.now(), signal }: Looking,
): Promise<T> {
  const untilMs = monoMs() + withinMs
  for (;;) {
    const found = await look()
    if (isWaitedFor(found) || monoMs() > untilMs || signal?.aborted) return found
    await pause(everyMs, null, signal === undefined ? {} : { signal }).catch(() => null)
  }
}
