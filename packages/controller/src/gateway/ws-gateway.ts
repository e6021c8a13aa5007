import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { ChaosError, CloseCode, type HostId, type Inventory, MAX_FRAME_BYTES, SUBPROTOCOL } from '@chaos-lite/shared'
import type { Logger } from 'pino'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '../services/clock.ts'
import type { Enrolment } from '../services/enrol.ts'
import type { Ingest } from '../services/ingest.ts'
import type { Store, StoredHost } from '../store/store.ts'
import { Admission } from './admission.ts'
import type { AgentGateway } from './agent-gateway.ts'
import { AgentSocket } from './agent-socket.ts'
import { Budget, type BudgetLimits } from './budget.ts'
import { ClockReadings } from './clock-readings.ts'
import type { GatewayListener } from './gateway.ts'
import { Handshake } from './handshake.ts'
import type { ControllerKey } from './keys.ts'
import { Leases } from './leases.ts'
import { Link, type LinkOptions } from './link.ts'
import { refuseUpgrade } from './refuse-upgrade.ts'

const UNPROVED: BudgetLimits = { total: 256, perAddress: 64 }
/** Nobody is kept waiting by a peer that does not agree to close. */
const CLOSE_TIMEOUT_MS = 2_000
const SEEN_EVERY_MS = 60_000

export interface GatewayOptions {
  readonly store: Store
  readonly clock: Clock
  readonly key: ControllerKey
  readonly enrolment: Enrolment
  readonly ingest: Ingest
  readonly log: Logger
  readonly onRefused?: () => void
  readonly onEnrolled?: (host: StoredHost) => void
  /** For tests: smaller limits and shorter times. */
  readonly limits?: BudgetLimits
  readonly handshakeMs?: number
  readonly leaseEveryMs?: number
  readonly retryMs?: number
}

/** `closeTimeout` is newer than the types of `ws` that we have. */
const serverOptions = {
  noServer: true,
  maxPayload: MAX_FRAME_BYTES,
  perMessageDeflate: false,
  clientTracking: true,
  // A frame of 256 KiB has no honest reason to come in more pieces.
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: (offered: Set<string>) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
} as const

/** The agents' WebSocket. Nothing is believed before the challenge, and every byte is hostile after it as well. */
export function wsGateway(options: GatewayOptions): AgentGateway {
  const { store, clock, log } = options
  const links = new Map<HostId, Link>()
  const inventories = new Map<HostId, Inventory>()
  const readings = new Map<HostId, ClockReadings>()
  const watched = new Map<HostId, Set<string>>()
  const revoked = new Set<HostId>()
  const listeners = new Set<GatewayListener>()
  const budget = new Budget(options.limits ?? UNPROVED)
  const leases = new Leases((hostId, runId) => links.get(hostId)?.lease(runId), options.leaseEveryMs)
  const server = new WebSocketServer(serverOptions)
  let closing = false

  const tell = (tellOne: (listener: GatewayListener) => void) => {
    for (const listener of listeners) {
      try {
        tellOne(listener)
      } catch (error) {
        log.error({ err: error }, 'a listener of the gateway failed')
      }
    }
  }
  const seen = (hostId: HostId) =>
    void store.hosts
      .setSeen(hostId, clock.nowMs())
      .catch((error: unknown) => log.warn({ hostId, err: error }, 'not noted'))
  const seenTimer = setInterval(() => {
    for (const hostId of links.keys()) seen(hostId)
  }, SEEN_EVERY_MS)

  const linkOptions = (host: StoredHost, epoch: string, socket: AgentSocket): Omit<LinkOptions, 'gone'> => {
    const { hostId } = host
    const kept = readings.get(hostId) ?? new ClockReadings()
    readings.set(hostId, kept)
    const common = { host, epoch, socket, clock, key: options.key, ingest: options.ingest, readings: kept }
    return {
      ...common,
      ...(options.retryMs === undefined ? {} : { retryMs: options.retryMs }),
      held: () => leases.holds(hostId),
      inventory(inventory) {
        inventories.set(hostId, inventory)
        store.hosts
          .setInventory(hostId, inventory, clock.nowMs())
          .catch((error: unknown) => log.warn({ hostId, err: error }, 'an inventory was not stored'))
        tell((listener) => listener.inventory?.(hostId, inventory))
      },
      sample({ type: _type, ...sample }) {
        if (watched.get(hostId)?.has(sample.runId)) tell((listener) => listener.sample?.({ hostId, ...sample }))
      },
    }
  }

  const admission = new Admission({
    store,
    links,
    revoked,
    async open(host, epoch, socket) {
      const { hostId } = host
      const cursor = await store.facts.cursor(hostId, epoch)
      if (!socket.open) return
      if (revoked.has(hostId)) return socket.close(CloseCode.hostRevoked)
      if (host.inventory && !inventories.has(hostId)) inventories.set(hostId, host.inventory)
      const gone = () => {
        if (links.get(hostId) !== link) return
        links.delete(hostId)
        seen(hostId)
        log.info({ hostId }, 'host offline')
        tell((listener) => listener.offline?.(hostId))
      }
      const link = new Link({ ...linkOptions(host, epoch, socket), gone }, cursor)
      links.set(hostId, link)
      leases.renewNow(hostId)
      for (const runId of watched.get(hostId) ?? []) link.watch(runId, true)
      seen(hostId)
      log.info({ hostId, address: socket.address }, 'host online')
      tell((listener) => listener.online?.(hostId))
    },
    duplicate({ hostId, clientId, name }, epoch) {
      const reason = `A second agent connected with the key of ${name} while the first was alive, and was refused.`
      log.warn({ hostId, epoch }, `incident: ${reason}`)
      const none = { seq: null, digest: null, line: null }
      store.incidents
        .add({ clientId, hostId, kind: 'duplicate agent', epoch, ...none, reason, atMs: clock.nowMs() })
        .catch((error: unknown) => log.error({ hostId, err: error }, 'an incident was not stored'))
    },
  })

  const accept = (ws: WebSocket, address: string, release: () => void) => {
    ws.once('close', release)
    const socket = new AgentSocket(ws, { address, log, onRefused: () => options.onRefused?.() })
    socket.handle(
      new Handshake(socket, {
        store,
        enrolment: options.enrolment,
        key: options.key,
        ...(options.handshakeMs === undefined ? {} : { handshakeMs: options.handshakeMs }),
        enrolled: (host) => options.onEnrolled?.(host),
        proved(host, epoch) {
          release()
          admission.admit(host.hostId, epoch, socket)
        },
      }),
    )
  }

  const linkOf = (hostId: HostId): Link => {
    const link = links.get(hostId)
    if (!link) throw new ChaosError('host-offline', `The host ${hostId} has no link to the controller now.`)
    return link
  }

  return {
    handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const address = request.socket.remoteAddress ?? 'unknown'
      if (closing) return refuseUpgrade(socket, 503, 'The controller is shutting down.')
      // Browsers always send it, and agents never do: a web page must not be able to speak here.
      if (request.headers.origin !== undefined) return refuseUpgrade(socket, 403, 'Browsers are not welcome here.')
      const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
      if (!offered.includes(SUBPROTOCOL)) return refuseUpgrade(socket, 400, `Speak ${SUBPROTOCOL}.`)
      const release = budget.take(address)
      if (!release) return refuseUpgrade(socket, 503, 'Too many connections have not proved who they are.')
      socket.once('close', release)
      server.handleUpgrade(request, socket, head, (ws) => accept(ws, address, release))
    },
    approve: (hostId) => admission.approved(hostId),
    isOnline: (hostId) => links.has(hostId),
    online: () => [...links.keys()],
    inventory: (hostId) => inventories.get(hostId) ?? null,
    order: async (hostId, order, how) => linkOf(hostId).order(order, how),
    renewLease: (hostId, runId, on) => leases.set(hostId, runId, on),
    watch(hostId, runId, on) {
      const runs = watched.get(hostId) ?? new Set()
      if (on) watched.set(hostId, runs.add(runId))
      else runs.delete(runId)
      if (runs.size === 0) watched.delete(hostId)
      links.get(hostId)?.watch(runId, on)
    },
    clock: (hostId) => readings.get(hostId)?.best(clock.nowMs()) ?? null,
    measureClock: async (hostId) => linkOf(hostId).measureClock(),
    revoke(hostId) {
      revoked.add(hostId)
      admission.revoked(hostId)
      links.get(hostId)?.socket.close(CloseCode.hostRevoked)
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      closing = true
      leases.stop()
      clearInterval(seenTimer)
      admission.close()
      for (const link of [...links.values()]) link.socket.close(CloseCode.shuttingDown)
      const open = [...server.clients].map((ws) => new Promise((resolve) => ws.once('close', resolve)))
      for (const ws of server.clients) if (ws.readyState === ws.OPEN) ws.close(CloseCode.shuttingDown)
      await Promise.all(open)
      server.close()
    },
  }
}
