/** Work goes on so long before others get their turn. */
const SLICE_MS = 10

/** Lets everything else that waits have its turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/**
 * For long work in small pieces: call what is returned after each piece. It resolves at once until the work has had the
 * event loop for a few milliseconds, and then after everybody else's turn.
 */
export function inSlices(): () => Promise<void> {
  let begunMs = performance.now()
  return async () => {
    if (performance.now() - begunMs < SLICE_MS) return
    await turn()
    begunMs = performance.now()
  }
}
