import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  type Answer,
  ChaosError,
  CloseCode,
  type Cursor,
  type HostId,
  type Inventory,
  NOTHING_KNOWN,
  type Order,
  type Ulid,
} from '@chaos-lite/shared'
import type { WebSocket } from 'ws'
import { type Asker, whoAsks } from '../asking/index.ts'
import type { StoredHost } from '../store/index.ts'
import { Admission } from './admission.ts'
import type { AgentGateway } from './agent-gateway.ts'
import { AgentSocket } from './agent-socket.ts'
import { ClockReadings } from './clock-readings.ts'
import { Door } from './door.ts'
import { FactQuota } from './fact-quota.ts'
import type { GatewayListener, HostClockReading } from './gateway.ts'
import type { GatewayOptions } from './gateway-options.ts'
import { Handshake } from './handshake.ts'
import { HostNotes } from './host-notes.ts'
import { Leases } from './leases.ts'
import { Link, type LinkOptions } from './link.ts'
import type { Place, StrangerLimits } from './strangers.ts'

const UNPROVED: StrangerLimits = { total: 256, perNetwork: 64 }
const SEEN_EVERY_MS = 60_000

/** The agents' WebSocket. Nothing is believed before the challenge, and every byte is hostile after it as well. */
export function wsGateway(options: GatewayOptions): AgentGateway {
  return new WsGateway(options)
}

class WsGateway implements AgentGateway {
  readonly #options: GatewayOptions
  readonly #links = new Map<HostId, Link>()
  readonly #inventories = new Map<HostId, Inventory>()
  readonly #readings = new Map<HostId, ClockReadings>()
  readonly #watched = new Map<HostId, Set<Ulid>>()
  readonly #revoked = new Set<HostId>()
  readonly #listeners = new Set<GatewayListener>()
  readonly #notes: HostNotes
  readonly #quota: FactQuota
  readonly #door: Door
  readonly #leases = new Leases()
  readonly #admission: Admission
  readonly #seenTimer: NodeJS.Timeout

  constructor(options: GatewayOptions) {
    this.#options = options
    this.#notes = new HostNotes(options)
    this.#quota = new FactQuota((hostId) => this.#exceeded(hostId), options.quota)
    this.#door = new Door({
      limits: options.limits ?? UNPROVED,
      whoAsks: options.whoAsks ?? whoAsks([]),
      accept: (ws, asker, place) => this.#accept(ws, asker, place),
    })
    this.#admission = new Admission({
      store: options.store,
      links: this.#links,
      revoked: this.#revoked,
      open: (host, epoch, socket) => this.#open(host, epoch, socket),
      duplicate: (host, epoch) => this.#notes.duplicate(host, epoch),
    })
    this.#seenTimer = setInterval(() => {
      for (const hostId of this.#links.keys()) this.#notes.seen(hostId)
    }, SEEN_EVERY_MS)
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#door.handleUpgrade(request, socket, head)
  }

  approve(hostId: HostId): void {
    this.#admission.approved(hostId)
  }

  isOnline(hostId: HostId): boolean {
    return this.#links.has(hostId)
  }

  online(): readonly HostId[] {
    return [...this.#links.keys()]
  }

  inventory(hostId: HostId): Inventory | null {
    return this.#inventories.get(hostId) ?? null
  }

  async order(hostId: HostId, order: Order, how: { expiresInMs: number; signal?: AbortSignal }): Promise<Answer> {
    return this.#linkOf(hostId).order(order, how)
  }

  renewLease(hostId: HostId, runId: Ulid, on: boolean): void {
    this.#leases.set(hostId, runId, on)
  }

  watch(hostId: HostId, runId: Ulid, on: boolean): void {
    const runs = this.#watched.get(hostId) ?? new Set()
    if (on) this.#watched.set(hostId, runs.add(runId))
    else runs.delete(runId)
    if (runs.size === 0) this.#watched.delete(hostId)
    this.#links.get(hostId)?.watch(runId, on)
  }

  clock(hostId: HostId): HostClockReading | null {
    return this.#readings.get(hostId)?.best(this.#options.clock.nowMs()) ?? null
  }

  async measureClock(hostId: HostId): Promise<HostClockReading> {
    return this.#linkOf(hostId).measureClock()
  }

  revoke(hostId: HostId): void {
    this.#revoked.add(hostId)
    this.#admission.revoked(hostId)
    this.#links.get(hostId)?.socket.close(CloseCode.hostRevoked)
  }

  listen(listener: GatewayListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.#door.shut()
    this.#leases.stop()
    clearInterval(this.#seenTimer)
    this.#admission.close()
    for (const link of [...this.#links.values()]) link.socket.close(CloseCode.shuttingDown)
    await this.#door.close()
  }

  #accept(ws: WebSocket, { address }: Asker, place: Place): void {
    const { log, store, enrolment, key, handshakeMs, firstFrameMs, onRefused, onEnrolled } = this.#options
    const socket = new AgentSocket(ws, { address, log, onRefused: () => onRefused?.() })
    socket.handle(
      new Handshake(socket, {
        ...{ store, enrolment, key },
        ...(handshakeMs === undefined ? {} : { handshakeMs }),
        ...(firstFrameMs === undefined ? {} : { firstFrameMs }),
        spoke: () => place.spoke(),
        enrolled: (host) => onEnrolled?.(host),
        unknown: (hostId) => this.#notes.unknown(hostId, address),
        forged: ({ hostId }, epoch) => this.#notes.forged(hostId, epoch),
        proved: (host, epoch) => {
          place.proved()
          this.#admission.admit(host.hostId, epoch, socket)
        },
      }),
    )
  }

  /** Makes a proved and approved connection the live link of its host. */
  async #open(host: StoredHost, epoch: string, socket: AgentSocket): Promise<void> {
    const { hostId } = host
    const stored = await this.#options.store.facts.cursor(hostId, epoch)
    if (!socket.open) return
    const cursor = (await this.#owing(hostId)) ? asksForAll(stored) : stored
    if (this.#revoked.has(hostId)) {
      socket.close(CloseCode.hostRevoked)
      return
    }
    if (host.inventory && !this.#inventories.has(hostId)) this.#inventories.set(hostId, host.inventory)
    const link = new Link({ ...this.#linkOptions(host, epoch, socket), gone: () => this.#gone(link) }, cursor)
    this.#links.set(hostId, link)
    for (const runId of this.#watched.get(hostId) ?? []) link.watch(runId, true)
    this.#notes.seen(hostId)
    this.#options.log.info({ hostId, address: socket.address }, 'host online')
    this.#notify((listener) => listener.online?.(hostId))
  }

  /** A host that cannot be noted as asked is asked again the next time. */
  async #owing(hostId: HostId): Promise<boolean> {
    try {
      return await this.#options.store.hosts.takeOwing(hostId)
    } catch (error) {
      this.#options.log.warn({ hostId, err: error }, 'a host was not asked for the facts that it has kept')
      return false
    }
  }

  #gone(link: Link): void {
    const { hostId } = link
    if (link.socket.peerCode === CloseCode.putBack) this.#notes.putBack(hostId, link.epoch)
    if (link.socket.peerCode === CloseCode.brokenSeal) this.#notes.forged(hostId, link.epoch)
    if (this.#links.get(hostId) !== link) return
    this.#links.delete(hostId)
    this.#notes.seen(hostId)
    this.#options.log.info({ hostId }, 'host offline')
    this.#notify((listener) => listener.offline?.(hostId))
  }

  #linkOptions(host: StoredHost, epoch: string, socket: AgentSocket): Omit<LinkOptions, 'gone'> {
    const { hostId } = host
    const { clock, key, ingest, retryMs } = this.#options
    const readings = this.#readings.get(hostId) ?? new ClockReadings()
    this.#readings.set(hostId, readings)
    return {
      ...{ host, epoch, socket, clock, key, ingest, readings, quota: this.#quota },
      ...(retryMs === undefined ? {} : { retryMs }),
      held: () => this.#leases.holds(hostId),
      granted: (runId) => this.#leases.granted(hostId, runId),
      inventory: (inventory) => this.#inventory(hostId, inventory),
      hardware: (hardware) => this.#notes.hardware(hostId, hardware),
      sample: ({ type: _type, ...sample }) => {
        const wanted = this.#watched.get(hostId)?.has(sample.runId) ?? false
        if (wanted) this.#notify((listener) => listener.sample?.({ hostId, ...sample }))
      },
    }
  }

  #exceeded(hostId: HostId): void {
    this.#links.get(hostId)?.tooMuch()
    this.#notes.tooMuch(hostId)
  }

  #inventory(hostId: HostId, inventory: Inventory): void {
    this.#inventories.set(hostId, inventory)
    this.#notes.inventory(hostId, inventory)
    this.#notify((listener) => listener.inventory?.(hostId, inventory))
  }

  #linkOf(hostId: HostId): Link {
    const link = this.#links.get(hostId)
    if (!link) throw new ChaosError('host-offline', `The host ${hostId} has no link to the controller now.`)
    return link
  }

  #notify(notifyOne: (listener: GatewayListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        notifyOne(listener)
      } catch (error) {
        this.#options.log.error({ err: error }, 'a listener of the gateway failed')
      }
    }
  }
}

/** The store was restored: what it knows of this epoch says nothing about what it lost. Null asks for all of this epoch. */
function asksForAll(stored: Cursor | null): Cursor | null {
  return stored === null ? NOTHING_KNOWN : null
}
