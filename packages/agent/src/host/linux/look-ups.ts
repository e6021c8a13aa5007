/** Resolves a name as programs do (getaddrinfo(3)): it may take long, and nothing cancels it. */
export type LookUp = (name: string) => Promise<readonly string[]>

/**
 * `getaddrinfo` cannot be called back, and holds one of the few threads that files are written with as well: a silent name
 * server must not take them all. The same question is asked once at a time, and at most `mostAtOnce` different ones; who
 * waits longer than its signal says gives up waiting, and the question goes on.
 */
export function sparingly(ask: LookUp, mostAtOnce = 2): (name: string, signal: AbortSignal) => ReturnType<LookUp> {
  const asked = new Map<string, ReturnType<LookUp>>()
  return async (name, signal) => {
    for (;;) {
      signal.throwIfAborted()
      const same = asked.get(name)
      if (same !== undefined) return orGiveUp(same, signal)
      if (asked.size < mostAtOnce) break
      await orGiveUp(Promise.race([...asked.values()].map((each) => each.catch(() => []))), signal)
    }
    const answer = ask(name).finally(() => asked.delete(name))
    asked.set(name, answer)
    return orGiveUp(answer, signal)
  }
}

async function orGiveUp<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = Promise.withResolvers<never>()
  const onAbort = () => stopped.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  // An answer that comes after the abort interests nobody any more.
  answer.catch(() => {})
  try {
    return await Promise.race([answer, stopped.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
