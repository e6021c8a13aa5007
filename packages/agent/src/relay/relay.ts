import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { CloseCode, sentenceOf } from '@chaos-lite/shared/plain'
import type { WebSocket } from 'ws'
import { openSocket } from '../net/index.ts'
import type { Target } from '../pipe/index.ts'
import { afterClose } from './backoff.ts'
import { Carrier } from './carrier.ts'
import type { RelayOptions } from './options.ts'
import { RootPart } from './root-part.ts'

/** The part of the agent that talks to the network. It holds no key, no journal and no policy, and it needs no privilege. */
export interface Relay {
  /** Resolves after the signal, when everything is closed. */
  readonly ended: Promise<void>
}

/** Connects to the controller, again and again, and carries frames between it and the root part. */
export function startRelay(options: RelayOptions): Relay {
  const { signal, log, clock } = options
  let carrier: Carrier | null = null
  const root = new RootPart({
    ...options,
    frame: (text) => carrier?.send(text),
    close: (code) => carrier?.close(code),
    state: (state) => carrier?.reached(state),
    lost: () => carrier?.close(CloseCode.shuttingDown),
  })

  const carry = async (target: Target): Promise<{ code: number; wasOpen: boolean }> => {
    const until = AbortSignal.any([signal, root.targetChanged])
    const socket: WebSocket = await openSocket({ ...target, signal: until })
    const current = new Carrier({ socket, id: randomBytes(16).toString('hex'), target, clock, root, log })
    carrier = current
    const stop = () => current.close(CloseCode.shuttingDown)
    until.addEventListener('abort', stop)
    if (until.aborted) stop()
    try {
      return await current.run()
    } finally {
      until.removeEventListener('abort', stop)
      carrier = null
    }
  }

  /** One connection, from its opening to the end of the pause after it. */
  const round = async (target: Target, failures: number): Promise<number> => {
    const changed = root.targetChanged
    const { code, wasOpen } = await carry(target).catch((error: unknown) => {
      if (!signal.aborted && !changed.aborted) log(failures === 0 ? 'warn' : 'debug', sentenceOf(error))
      return { code: CloseCode.internal as number, wasOpen: false }
    })
    const failed = wasOpen ? 0 : failures + 1
    const next = afterClose(code, failed, options.random?.(), target.controllerUrl)
    if (signal.aborted || changed.aborted) return 0
    if (next.say !== null) log('error', next.say)
    const pauseMs = next.retry ? Math.max(next.delayMs, root.leaveAloneMs()) : null
    await untilAborted(AbortSignal.any([signal, changed]), pauseMs)
    return failed
  }

  const loop = async (): Promise<void> => {
    let failures = 0
    while (!signal.aborted) {
      const target = await root.target()
      if (target === null) await untilAborted(AbortSignal.any([signal, root.targetChanged]), null)
      else if (target !== undefined) failures = await round(target, failures)
    }
    await root.close()
  }
  return { ended: loop() }
}

/** Resolves when the signal is aborted, or after so many milliseconds. */
async function untilAborted(signal: AbortSignal, ms: number | null): Promise<void> {
  if (signal.aborted) return
  if (ms !== null) await sleep(ms, null, { signal }).catch(() => {})
  else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
