import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentFrame, CloseCode, sentenceOf } from '@chaos-lite/shared'
import type { HostClock } from '../host/host.ts'
import type { Identity } from '../identity/identity.ts'
import type { Outbox } from '../outbox/index.ts'
import { afterClose } from '../relay/backoff.ts'
import { openSocket } from '../relay/socket.ts'
import type { CommandLog } from './command-log.ts'
import { Connection } from './connection.ts'
import type { LinkDuties } from './duties.ts'
import type { WriteLog } from './wire.ts'

export interface LinkOptions {
  readonly identity: Identity
  readonly clock: HostClock
  readonly outbox: Outbox
  readonly commandLog: CommandLog
  readonly duties: LinkDuties
  readonly signal: AbortSignal
  readonly log: WriteLog
  /** Between 0 and 1; for tests. */
  readonly random?: () => number
}

export type LinkState = 'connecting' | 'pending' | 'open' | 'ended'

/** The agent's only way to the controller. It connects outwards, again and again, until it is told to stop. */
export interface Link {
  readonly state: LinkState
  /** Sends a live sample; dropped while there is no link, or other things wait. */
  sample(frame: Extract<AgentFrame, { type: 'sample' }>): void
  /** Resolves when the link has ended for good: because of the signal, or because the host was revoked. */
  readonly ended: Promise<'stopped' | 'revoked'>
}

export function startLink(options: LinkOptions): Link {
  let state: LinkState = 'connecting'
  let connection: Connection | null = null

  const once = async (): Promise<{ code: number; wasOpen: boolean }> => {
    const { controllerUrl, caPem } = options.identity
    const socket = await openSocket({ controllerUrl, caPem, signal: options.signal })
    const current = new Connection({
      ...options,
      socket,
      onState: (reached) => {
        if (reached === 'open') options.log('info', `Linked to ${controllerUrl}.`)
        state = reached
      },
    })
    connection = current
    const stop = () => current.close()
    options.signal.addEventListener('abort', stop)
    try {
      return await current.run()
    } finally {
      options.signal.removeEventListener('abort', stop)
      connection = null
      state = 'connecting'
    }
  }

  const loop = async (): Promise<'stopped' | 'revoked'> => {
    let failures = 0
    while (!options.signal.aborted) {
      const { code, wasOpen } = await once().catch((error: unknown) => {
        if (!options.signal.aborted) options.log(failures === 0 ? 'warn' : 'debug', sentenceOf(error))
        return { code: CloseCode.internal as number, wasOpen: false }
      })
      if (options.signal.aborted) break
      failures = wasOpen ? 0 : failures + 1
      const next = afterClose(code, failures, options.random?.())
      if (next.say !== null) options.log('error', next.say)
      if (!next.retry) return 'revoked'
      await sleep(next.delayMs, null, { signal: options.signal }).catch(() => {})
    }
    return 'stopped'
  }

  const ended = loop().finally(() => {
    state = 'ended'
  })
  return {
    get state() {
      return state
    },
    sample: (frame) => connection?.sample(frame),
    ended,
  }
}
