import { PING_EVERY_MS, SILENT_AFTER_MS } from '@chaos-lite/shared/plain'
import type { WebSocket } from 'ws'

/** Which connection is watched, and who is notified once when nothing has come for `SILENT_AFTER_MS`. */
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
  const heard = () => {
    heardMs = monoMs()
  }
  socket.on('message', heard)
  socket.on('ping', heard)
  socket.on('pong', heard)
  const beat = watchStandstill({
    monoMs,
    onStoodStill: () => onDead('this process stood still'),
    onTick: () => {
      if (monoMs() - heardMs > SILENT_AFTER_MS) onDead('the controller was silent')
      else if (socket.readyState === socket.OPEN) socket.ping()
    },
  })
  return {
    [Symbol.dispose]() {
      beat[Symbol.dispose]()
      socket.off('message', heard)
      socket.off('ping', heard)
      socket.off('pong', heard)
    },
  }
}

/** Notices that this process, or the whole machine, did not run for a while. */
export function watchStandstill(options: {
  readonly monoMs: () => number
  readonly onStoodStill: () => void
  readonly onTick?: () => void
}): Disposable {
  const { monoMs, onStoodStill, onTick } = options
  let tickMs = monoMs()
  const timer = setInterval(() => {
    const nowMs = monoMs()
    const stoodStill = nowMs - tickMs > SILENT_AFTER_MS
    tickMs = nowMs
    if (stoodStill) onStoodStill()
    else onTick?.()
  }, PING_EVERY_MS)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
