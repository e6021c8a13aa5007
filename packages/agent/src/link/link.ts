import { type AgentFrame, CloseCode } from '@chaos-lite/shared'
import type { HostClock } from '../host/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Log } from '../log.ts'
import type { Outbox } from '../outbox/index.ts'
import type { CommandLog } from './command-log.ts'
import { Connection } from './connection.ts'
import type { LinkDuties } from './duties.ts'
import { forgeries } from './forgeries.ts'
import type { Kept, RelayPort } from './relay-port.ts'

/** What lasts over all connections to the controller, until the signal is aborted. */
export interface LinkOptions {
  readonly identity: Identity
  /** Another one for each enrolment of this host. */
  readonly enrolment: string
  readonly clock: HostClock
  readonly outbox: Outbox
  readonly commandLog: CommandLog
  readonly duties: LinkDuties
  /** Where the relay comes in, which holds the connections. */
  readonly port: RelayPort
  readonly signal: AbortSignal
  readonly log: Log
}

/** Pending: the controller knows this host and has not approved it. Ended: no other connection will be made. */
export type LinkState = 'connecting' | 'pending' | 'open' | 'ended'

/**
 * The agent's only way to the controller. The relay connects outwards, again and again; who is there is judged here.
 */
export interface Link {
  readonly state: LinkState
  /** Nothing is underway on it. */
  readonly quiet: boolean
  /** What a later process needs to go on with it; null while there is none. */
  readonly kept: Kept | null
  /** Sends a live sample; dropped while there is no link, or other things wait. */
  sample(frame: Extract<AgentFrame, { type: 'sample' }>): void
  /** Resolves when the link has ended for good: because of the signal, or because the host was revoked. */
  readonly ended: Promise<'stopped' | 'revoked'>
}

/** Connects and goes on connecting until the signal ends it or the controller revokes this host. Throws nothing. */
export function startLink(options: LinkOptions): Link {
  const { port, identity, enrolment, clock, signal, log } = options
  const { hostId, controllerUrl, caPem } = identity
  let state: LinkState = 'connecting'
  let connection: Connection | null = null
  let last: Promise<unknown> = Promise.resolve()
  const forged = forgeries(options)
  const revoked = Promise.withResolvers<'revoked'>()

  port.onChannel((channel, kept) => {
    // Kept under another identity: this one has to prove itself first.
    if (kept !== null && kept.hostId !== hostId) return channel.close(CloseCode.shuttingDown)
    const current = new Connection({
      ...options,
      channel,
      kept,
      onForged: forged,
      onState: (reached) => {
        if (reached === 'open') log('info', `Linked to ${controllerUrl}${kept ? ', as before' : ''}.`)
        state = reached
      },
    })
    connection = current
    last = current.run().then(({ code }) => {
      if (connection !== current) return
      connection = null
      state = 'connecting'
      if (code === CloseCode.hostRevoked) revoked.resolve('revoked')
    })
  })
  port.point({ hostId, controllerUrl, caPem, bootId: clock.bootId, enrolment })

  const stopped = new Promise<'stopped'>((resolve) => {
    const stop = () => {
      connection?.close()
      void last.then(() => resolve('stopped'))
    }
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
  })
  const ended = Promise.race([stopped, revoked.promise]).finally(() => {
    state = 'ended'
    port.onChannel(null)
  })
  return {
    get state() {
      return state
    },
    get quiet() {
      return connection === null || connection.quiet
    },
    get kept() {
      return connection?.kept ?? null
    },
    sample: (frame) => connection?.sample(frame),
    ended,
  }
}
