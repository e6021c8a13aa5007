import { randomBytes } from 'node:crypto'
import {
  type AgentFrame,
  type Answer,
  CloseCode,
  type Cursor,
  type Hardware,
  type HostId,
  type Inventory,
  LEASE_TTL_MS,
  type Order,
  type Ulid,
} from '@chaos-lite/shared'
import { Bucket } from '../limits/index.ts'
import type { StoredHost } from '../store/index.ts'
import type { Clock } from '../time/index.ts'
import type { AgentSocket, FrameHandler } from './agent-socket.ts'
import type { ClockReadings } from './clock-readings.ts'
import { ClockSync } from './clock-sync.ts'
import type { FactQuota } from './fact-quota.ts'
import { FactsPump } from './facts-pump.ts'
import type { HostClockReading } from './gateway.ts'
import type { ControllerKey } from './keys.ts'
import { Orders } from './orders.ts'
import type { Ingest } from './ports.ts'

const INVENTORIES = { perSecond: 1, burst: 30 }
/** Samples are lossy: what is beyond this is dropped, and nobody is punished for it. */
const SAMPLES = { perSecond: 500, burst: 1_000 }

/**
 * What one connection of an agent works with. `held`: does a run hold this host? Then clocks are compared more often.
 */
export interface LinkOptions {
  readonly host: StoredHost
  /** The start of the agent that its facts are numbered by, as its `hello` names it. */
  readonly epoch: string
  readonly socket: AgentSocket
  readonly clock: Clock
  readonly key: ControllerKey
  readonly ingest: Ingest
  readonly quota: FactQuota
  readonly readings: ClockReadings
  readonly held: () => boolean
  /** May this run go on holding here? */
  readonly granted: (runId: Ulid) => boolean
  readonly inventory: (inventory: Inventory) => void
  readonly hardware: (hardware: Hardware) => void
  readonly sample: (sample: Extract<AgentFrame, { type: 'sample' }>) => void
  /** Called once, when the connection has ended for whatever reason. */
  readonly gone: () => void
  readonly retryMs?: number
}

/** The live link of a host that has proved its identity and was approved. */
export class Link implements FrameHandler {
  readonly hostId: HostId
  readonly epoch: string
  readonly socket: AgentSocket
  readonly #options: LinkOptions
  readonly #session = randomBytes(32).toString('hex')
  readonly #orders: Orders
  readonly #clock: ClockSync
  readonly #facts: FactsPump
  readonly #inventories = new Bucket(INVENTORIES)
  readonly #samples = new Bucket(SAMPLES)

  constructor(options: LinkOptions, cursor: Cursor | null) {
    const { host, socket, key, clock, readings, held, ingest, quota } = options
    this.#options = options
    this.hostId = host.hostId
    this.epoch = options.epoch
    this.socket = socket
    this.#orders = new Orders({ hostId: host.hostId, session: this.#session, socket, key })
    this.#facts = new FactsPump({
      host,
      socket,
      ingest,
      quota,
      ...(options.retryMs ? { retryMs: options.retryMs } : {}),
    })
    socket.handle(this)
    const { extensions } = socket
    const named = extensions.length === 0 ? {} : { extensions: [...extensions] }
    socket.send({ type: 'welcome', session: this.#session, cursor, leaseTtlMs: LEASE_TTL_MS, ...named })
    this.#clock = new ClockSync({ socket, clock, readings, held })
  }

  order(order: Order, options: { expiresInMs: number; signal?: AbortSignal }): Promise<Answer> {
    return this.#orders.send(order, options)
  }

  measureClock(): Promise<HostClockReading> {
    return this.#clock.measure()
  }

  watch(runId: Ulid, on: boolean): void {
    this.socket.send({ type: 'watch', runId, on })
  }

  /** Its facts are more than its quota: they are taken more slowly from now on. */
  tooMuch(): void {
    const message =
      'This host sends more facts than its quota; they are stored more slowly, and the controller keeps an incident.'
    this.socket.send({ type: 'notice', message })
  }

  frame(frame: AgentFrame): void {
    switch (frame.type) {
      case 'facts':
        this.#facts.take(frame.lines)
        return
      case 'sample':
        if (this.#samples.take()) this.#options.sample(frame)
        return
      case 'lease': {
        const { runId, ask } = frame
        if (this.#options.granted(runId)) this.socket.send({ type: 'lease', runId, ask, ttlMs: LEASE_TTL_MS })
        return
      }
      case 'answer':
        this.#orders.settle(frame.commandId, frame.answer)
        return
      case 'clock':
        this.#clock.receive(frame)
        return
      case 'inventory':
        if (this.#mayReport(frame.type)) this.#options.inventory(frame.inventory)
        return
      case 'hardware':
        if (!this.socket.extensions.includes('hardware')) this.socket.close(CloseCode.outOfOrder, frame.type)
        else if (this.#mayReport(frame.type)) this.#options.hardware(frame.hardware)
        return
      case 'enrol':
      case 'hello':
      case 'proof':
        this.socket.close(CloseCode.outOfOrder, frame.type)
        return
      default:
        frame satisfies never
    }
  }

  /** Inventory and hardware share one budget; beyond it the link is closed. */
  #mayReport(what: string): boolean {
    const may = this.#inventories.take()
    if (!may) this.socket.close(CloseCode.tooManyFrames, what)
    return may
  }

  gone(): void {
    this.#clock.stop()
    this.#orders.fail()
    this.#options.gone()
  }
}
