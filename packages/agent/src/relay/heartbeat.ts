import { PING_EVERY_MS, SILENT_AFTER_MS } from '@chaos-lite/shared/plain'
import type { WebSocket } from 'ws'

export interface HeartbeatOptions {
  readonly socket: WebSocket
  readonly monoMs: () => number
  /** Called once when the link must be taken for dead. */
  readonly onDead: (why: string) => void
}

/**
 * Pings, and notices silence. It also notices that this process itself stood still (a suspended machine): commands
 * that waited in the network's buffers meanwhile are old, however fresh they look, so such a link is dead as well.
 */
export function keepAlive({ socket, monoMs, onDead }: HeartbeatOptions): Disposable {
  let heardMs = monoMs()
  let tickMs = heardMs
  const heard = () => {
    heardMs = monoMs()
  }
  socket.on('message', heard)
  socket.on('ping', heard)
  socket.on('pong', heard)
  const timer = setInterval(() => {
    const nowMs = monoMs()
    const stoodStill = nowMs - tickMs > SILENT_AFTER_MS
    tickMs = nowMs
    if (stoodStill) return onDead('this process stood still')
    if (nowMs - heardMs > SILENT_AFTER_MS) return onDead('the controller was silent')
    if (socket.readyState === socket.OPEN) socket.ping()
  }, PING_EVERY_MS)
  return {
    [Symbol.dispose]() {
      clearInterval(timer)
      socket.off('message', heard)
      socket.off('ping', heard)
      socket.off('pong', heard)
    },
  }
}
