import type { HostClock } from '../host/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Log } from '../log.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Channel } from './channel.ts'
import type { CommandLog } from './command-log.ts'
import type { LinkDuties } from './duties.ts'
import type { Kept } from './relay-port.ts'

/** One connection from its beginning to its end. What outlives it (outbox, log of commands, duties) is handed in. */
export interface ConnectionOptions {
  readonly channel: Channel
  /** The link stood already when this process began: both ends have proved who they are. */
  readonly kept: Kept | null
  readonly identity: Identity
  readonly clock: HostClock
  readonly outbox: Outbox
  readonly commandLog: CommandLog
  readonly duties: LinkDuties
  readonly log: Log
  readonly onState: (state: 'open' | 'pending') => void
  /** A frame came that the controller did not send, or not then. */
  readonly onForged: () => void
}
