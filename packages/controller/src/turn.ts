/** Work goes on so long before others get their turn. */
const SLICE_MS = 10

const waiting: (() => void)[] = []

/**
 * Lets everything else have its turn of the event loop: sockets, timers, and whoever came here before. However many wait
 * here, only one of them goes on in each round of the loop: a thousand long answers hold nobody up longer than one does.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve)
    if (waiting.length === 1) setImmediate(next)
  })
}

function next(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(next)
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
