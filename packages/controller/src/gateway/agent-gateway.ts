import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HostId } from '@chaos-lite/shared'
import type { Gateway } from './gateway.ts'

/** The gateway as its own house sees it: what the rest of the controller uses, and the doors for sockets and approval. */
export interface AgentGateway extends Gateway {
  /** Takes an upgrade request on the agents' path. Refusals are answered here. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Lets a host in that waits on its link for approval. */
  approve(hostId: HostId): void
}
