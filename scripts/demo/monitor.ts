import { connect } from 'node:net'

const EVERY_MS = 250
const FAILURES = 2
/** Addresses of alerts take two messages in a second. */
const REPEAT_MS = 1_000
const DOWN = JSON.stringify({ status: 'firing', text: 'The primary does not answer.' })

/**
 * A small monitoring system, as a company would have one: it asks the primary again and again, and calls the alert
 * address of the drill when it does not answer twice in a row. Ends with `signal`.
 */
export function monitor(target: { address: string; port: number }, alertUrl: string, signal: AbortSignal): void {
  let failures = 0
  let lastMs = 0
  const timer = setInterval(async () => {
    failures = (await answers(target)) ? 0 : failures + 1
    if (failures < FAILURES || signal.aborted || Date.now() - lastMs < REPEAT_MS) return
    lastMs = Date.now()
    await fetch(alertUrl, { method: 'POST', body: DOWN, signal }).catch(() => undefined)
  }, EVERY_MS)
  signal.addEventListener('abort', () => clearInterval(timer), { once: true })
}

function answers({ address, port }: { address: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1_000 })
    const end = (up: boolean) => {
      socket.destroy()
      resolve(up)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}
