import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { FrameSplitter } from './frame-splitter.ts'
import { type Random, randomFrom } from './random.ts'

/** In which part of the cases what goes wrong. */
export interface ChaosRates {
  /** Connections that are lost before they are of any use. */
  readonly lost: number
  /** Connections that end in a reset at some later frame. */
  readonly reset: number
  /** Frames that wait. */
  readonly stall: number
  readonly stallMs: number
  /** Frames that come twice. */
  readonly duplicate: number
  /** Connections whose last frames arrive after the next connection was made. */
  readonly late: number
}

export const ROUGH: ChaosRates = { lost: 0.3, reset: 0.6, stall: 0.1, stallMs: 150, duplicate: 0.1, late: 0.3 }
/** A reset comes at one of so many frames. */
const RESET_WITHIN_FRAMES = 10
const LATE_MS = 400

/** What the proxy did, counted. */
export interface ChaosCounts {
  connections: number
  lost: number
  reset: number
  stalled: number
  duplicated: number
  late: number
}

/** A network between agents and their controller that does what networks do, reproducibly. */
export class ChaosProxy implements AsyncDisposable {
  readonly counts: ChaosCounts = { connections: 0, lost: 0, reset: 0, stalled: 0, duplicated: 0, late: 0 }
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #target: number
  readonly #seed: number
  #rates: ChaosRates

  private constructor(target: number, seed: number, rates: ChaosRates) {
    this.#target = target
    this.#seed = seed
    this.#rates = rates
    // Half-open: what one side has still to say may be late.
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
  }

  /** Listens on loopback, and leads to the port `target` there. */
  static async start(target: number, seed: number, rates: ChaosRates = ROUGH): Promise<ChaosProxy> {
    const proxy = new ChaosProxy(target, seed, rates)
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** From now on nothing goes wrong any more with new frames and connections. */
  calm(): void {
    this.#rates = { lost: 0, reset: 0, stall: 0, stallMs: 0, duplicate: 0, late: 0 }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    this.counts.connections += 1
    const random = randomFrom(this.#seed + this.counts.connections * 7919)
    const { lost, late } = this.#rates
    this.#keep(client)
    if (random.chance(lost)) {
      this.counts.lost += 1
      // Some at once, some while they open.
      setTimeout(() => client.resetAndDestroy(), random.below(30))
      return
    }
    const server = this.#keep(connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true }))
    const lateMs = random.chance(late) ? LATE_MS : 0
    void this.#up(client, server, random, lateMs).catch(() => server.destroy())
    server.on('data', (chunk) => client.writable && client.write(chunk))
    server.on('close', () => client.destroy())
    client.on('close', () => {
      if (lateMs === 0) server.destroy()
    })
  }

  /** Carries the agent's frames: the facts go this way. */
  async #up(client: Socket, server: Socket, random: Random, lateMs: number): Promise<void> {
    const splitter = new FrameSplitter()
    const resetAt = random.chance(this.#rates.reset) ? 3 + random.below(RESET_WITHIN_FRAMES) : Number.POSITIVE_INFINITY
    let frames = 0
    for await (const chunk of client) {
      for (const { bytes, kind } of splitter.take(chunk as Buffer)) {
        if (kind === 'text') frames += 1
        if (random.chance(this.#rates.stall)) {
          this.counts.stalled += 1
          await sleep(random.below(this.#rates.stallMs))
        }
        if (frames >= resetAt && this.#rates.reset > 0) return this.#reset(client, server, bytes, lateMs)
        server.write(bytes)
        // The handshake may not come twice; everything after it may.
        if (kind === 'text' && frames > 2 && random.chance(this.#rates.duplicate)) {
          this.counts.duplicated += 1
          server.write(bytes)
        }
      }
    }
    server.end()
  }

  /** The agent sees a reset. Its last frame is gone, or comes when it has long been connected anew. */
  async #reset(client: Socket, server: Socket, last: Buffer, lateMs: number): Promise<void> {
    this.counts.reset += 1
    client.resetAndDestroy()
    if (lateMs > 0) {
      this.counts.late += 1
      await sleep(lateMs)
      server.write(last)
    }
    server.end()
    server.destroySoon()
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => this.#sockets.delete(socket))
    return socket
  }
}
