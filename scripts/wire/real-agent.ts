import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Controller } from '@chaos-lite/controller'
import type { Answer, Inventory, Order } from '@chaos-lite/shared'
import { enrol, type Identity, readIdentity } from '../../packages/agent/src/identity/index.ts'
import {
  innerDoor,
  type LinkDuties,
  openCommandLog,
  RelayPort,
  startLink,
} from '../../packages/agent/src/link/index.ts'
import { createOutbox, type Outbox } from '../../packages/agent/src/outbox/index.ts'

const clock = { bootId: 'boot-of-the-wire', monoMs: () => performance.now(), wallMs: () => Date.now() }

const inventory: Inventory = {
  ...{ hostname: 'wire', os: 'Debian', platform: 'linux', kernel: '6', arch: 'x64', cpus: 2, memoryBytes: 1024 },
  ...{ agentVersion: '0.1.0', addresses: [], labels: {}, offers: [], bootId: clock.bootId },
  menu: { actions: [], probes: [], exercises: [] },
  journal: { readable: true, open: 0, stuck: 0 },
  policy: { present: false, digest: null, warnings: [] },
}

/** The link, relay and outbox of a real agent, without the rest of it: whatever it is ordered, it says yes. */
export interface RealAgent extends AsyncDisposable {
  readonly identity: Identity
  readonly outbox: Outbox
  readonly orders: Order[]
  readonly log: string[]
  readonly open: boolean
}

/** Says yes to whatever comes, and writes it down. */
export function dutiesOf(orders: Order[]): LinkDuties {
  return {
    async execute(order: Order): Promise<Answer> {
      orders.push(order)
      return { ok: true, prepared: null }
    },
    leased: false,
    askLease: () => null,
    lease: () => undefined,
    watch: () => undefined,
    linkClosed: () => undefined,
    hardware: async () => null,
    inventory: async () => inventory,
    onInventoryChange: () => () => undefined,
  }
}

/** A host that was enrolled at this controller, reached through `url`. */
export async function enrolled(controller: Controller, url: string, folder: string): Promise<Identity> {
  const { clientId } = await controller.store.clients.first()
  const { token } = await controller.context.enrolment.makeToken({
    ...{ clientId, labels: {}, validForMs: 600_000, approve: true, by: 'wire' },
  })
  const identityFile = join(folder, 'identity.json')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await enrol({ controllerUrl: controller.url, token, labels: {}, identityFile })
  const identity = await readIdentity(identityFile)
  if (identity === null) throw new Error('The identity was not written.')
  // All of them are made on this machine, under its one name.
  await controller.store.hosts.approve(identity.hostId, { replaces: null, besides: true })
  return { ...identity, controllerUrl: url }
}

/** Starts it. Another one with the same folder goes on with what this one left. */
export async function realAgent(identity: Identity, folder: string): Promise<RealAgent> {
  const stop = new AbortController()
  const log: string[] = []
  const write = (_level: string, message: string) => void (log.length < 10_000 && log.push(message))
  const orders: Order[] = []
  const outbox = createOutbox({ folder: join(folder, 'outbox'), clock })
  const commandLog = await openCommandLog(join(folder, 'commands.jsonl'))
  const port = new RelayPort({ monoMs: () => clock.monoMs(), log: write })
  const duties = dutiesOf(orders)
  const parts = {
    identity,
    enrolment: 'wire',
    clock,
    outbox,
    commandLog,
    duties,
    port,
    signal: stop.signal,
    log: write,
  }
  const link = startLink(parts)
  // It comes back quickly: what is tested is how often it does.
  const door = await innerDoor({ clock, log: write, random: () => 0 })((stream) => port.attach(stream))
  return {
    ...{ identity, outbox, orders, log },
    get open() {
      return link.state === 'open'
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await link.ended
      await door[Symbol.asyncDispose]()
      await commandLog.close()
      await outbox.close()
    },
  }
}
