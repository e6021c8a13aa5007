import { join } from 'node:path'
import type { Answer, Hardware, Inventory, Order } from '@chaos-lite/shared'
import {
  innerDoor,
  type LeaseAsk,
  type LinkDuties,
  openCommandLog,
  RelayPort,
  startLink,
} from '../../src/link/index.ts'
import { createOutbox } from '../../src/outbox/index.ts'
import { clock as realClock, temporaryFolder } from '../outbox/support.ts'
import type { FakeController } from './fake-controller.ts'

export const inventory: Inventory = {
  hostname: 'test',
  os: 'Debian',
  platform: 'linux',
  kernel: '6',
  arch: 'x64',
  cpus: 2,
  memoryBytes: 1024,
  agentVersion: '0.1.0',
  addresses: [],
  labels: {},
  menu: { actions: [], probes: [], exercises: [] },
  offers: [],
  journal: { readable: true, open: 0, stuck: 0 },
  bootId: 'boot-of-the-tests',
  policy: { present: false, digest: null, warnings: [] },
}

/** What the link handed on, and what it is to get in return. */
export class RecordingDuties implements LinkDuties {
  readonly orders: Order[] = []
  readonly leases: [string, number, number][] = []
  asks: LeaseAsk | null = null
  readonly watches: [string, boolean][] = []
  closedLinks = 0
  answer: (order: Order) => Promise<Answer> = async () => ({ ok: true, prepared: null })
  inventory: () => Promise<Inventory> = async () => inventory
  inventoryChanged: () => void = () => {}
  hardware: () => Promise<Hardware | null> = async () => null

  execute(order: Order): Promise<Answer> {
    this.orders.push(order)
    return this.answer(order)
  }
  get leased(): boolean {
    return this.asks !== null
  }
  askLease(): LeaseAsk | null {
    return this.asks
  }
  lease({ runId, ask, ttlMs }: LeaseAsk & { readonly ttlMs: number }): void {
    this.leases.push([runId, ask, ttlMs])
  }
  watch(runId: string, on: boolean): void {
    this.watches.push([runId, on])
  }
  onInventoryChange(listener: () => void): () => void {
    this.inventoryChanged = listener
    return () => {
      this.inventoryChanged = () => {}
    }
  }
  linkClosed(): void {
    this.closedLinks += 1
  }
}

/** An agent's link to a fake controller, with a real outbox. It comes back at once after a close. */
export async function linkTo(controller: FakeController, identity = controller.identity()) {
  const folder = await temporaryFolder()
  const stop = new AbortController()
  const duties = new RecordingDuties()
  const log: string[] = []
  let aheadMs = 0
  let stoppedMs: number | null = null
  const clock = { ...realClock, monoMs: () => (stoppedMs ?? performance.now()) + aheadMs }
  const outbox = createOutbox({ folder: join(folder.path, 'outbox'), clock })
  const commandLogFile = join(folder.path, 'commands.jsonl')
  const commandLog = await openCommandLog(commandLogFile)
  const write = (_level: string, message: string) => void log.push(message)
  const port = new RelayPort({ monoMs: () => clock.monoMs(), log: write })
  const link = startLink({
    identity,
    enrolment: 'first',
    clock,
    outbox,
    commandLog,
    duties,
    port,
    signal: stop.signal,
    log: write,
  })
  const door = await innerDoor({ clock, log: write, random: () => 0 })((stream) => port.attach(stream))
  return {
    link,
    duties,
    outbox,
    log,
    commandLogFile,
    outboxFolder: join(folder.path, 'outbox'),
    /** Moves this host's monotonic clock forward. */
    advance: (ms: number) => {
      aheadMs += ms
    },
    /** No time passes on this host any more: what is allowed per second is what is left of it now. */
    stopClock: () => {
      stoppedMs = performance.now()
    },
    stop: () => stop.abort(),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await link.ended
      await door[Symbol.asyncDispose]()
      await commandLog.close()
      await outbox.close()
      await folder[Symbol.asyncDispose]()
    },
  }
}
