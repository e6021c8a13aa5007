/** Waits for `work`, but no longer than `waitMs`. True when it has ended, well or badly; its error stays with it. */
export async function settledWithin(work: Promise<unknown>, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs)
  })
  const settled = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits until `signal` is aborted, then `graceMs` more; for work that should have heard the signal. */
export async function settledAfter(work: Promise<unknown>, signal: AbortSignal, graceMs: number): Promise<boolean> {
  const settled = work.then(
    () => true as const,
    () => true as const,
  )
  let wake: () => void = () => undefined
  const aborted = new Promise<false>((resolve) => {
    wake = () => resolve(false)
    if (signal.aborted) wake()
    else signal.addEventListener('abort', wake, { once: true })
  })
  try {
    return (await Promise.race([settled, aborted])) || (await settledWithin(work, graceMs))
  } finally {
    signal.removeEventListener('abort', wake)
  }
}
