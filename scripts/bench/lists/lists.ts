import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { type Controller, type Store, startController } from '@chaos-lite/controller'
import { builtInMenu, type Inventory } from '@chaos-lite/shared'
import type { Bench, Row } from '../bench.ts'
import { median, ms, times } from '../statistics.ts'

const SIZES = [200, 2_000, 10_000] as const
const ROUNDS = 30
const WARM = 5
/** One page of 10,000 hosts costs at most this many times one page of 200. */
const GROWTH_AT_MOST = 3

/** What a list costs the controller: a page of hosts, of ever more of them. */
export const lists: Bench = {
  name: 'lists',
  title: 'The list of hosts',
  async run({ folder, rounds, say }) {
    const taken: { count: number; cpuMs: number }[] = []
    for (const count of SIZES) {
      say(`making ${count} hosts`)
      const dataFolder = join(folder, String(count))
      await using controller = await startController({ dataFolder, port: 0, logLevel: 'silent' })
      await addHosts(controller.store, count)
      taken.push({ count, cpuMs: await cpuOfPage(controller, rounds ?? ROUNDS) })
    }
    const [smallest] = taken
    return {
      rows: taken.map((one) => row(one, smallest ?? one)),
      notes: [
        'Processor time of one `GET /hosts?limit=100` inside the controller, without the network: the median. Each host has reported the whole menu of the agent.',
      ],
    }
  },
}

function row({ count, cpuMs }: { count: number; cpuMs: number }, least: { count: number; cpuMs: number }): Row {
  const ratio = cpuMs / least.cpuMs
  const last = count === SIZES.at(-1)
  return {
    what: `A page of 100 hosts, of ${count.toLocaleString('en')}`,
    ours: ms(cpuMs),
    against: `of ${least.count}: ${ms(least.cpuMs)}`,
    result: times(ratio),
    target: last ? `at most ${GROWTH_AT_MOST} ×` : '-',
    met: last ? ratio <= GROWTH_AT_MOST : null,
  }
}

async function addHosts(store: Store, count: number): Promise<void> {
  const { clientId } = await store.clients.first()
  for (let n = 0; n < count; n += 1) {
    const name = `host-${String(n).padStart(5, '0')}`
    await store.hosts.add({
      ...{ hostId: `h-${randomBytes(12).toString('hex')}`, clientId, name, labels: { role: `role-${n % 20}` } },
      ...{ state: 'approved', publicKey: randomBytes(32).toString('base64'), enrolledMs: n, lastSeenMs: n },
      inventory: inventoryOf(name),
    })
  }
}

function inventoryOf(hostname: string): Inventory {
  const items = [...builtInMenu.actions, ...builtInMenu.probes]
  return {
    ...{ hostname, os: 'Debian GNU/Linux 12', platform: 'linux', kernel: '6.1.0', arch: 'x64', cpus: 4 },
    ...{ memoryBytes: 2 ** 33, agentVersion: '0.1.0', addresses: ['192.0.2.1'], labels: {}, menu: builtInMenu },
    offers: items.map(({ name }) => ({ name, kind: 'action', offered: false, why: 'The policy does not allow it.' })),
    journal: { readable: true, open: 0, stuck: 0 },
    bootId: 'boot',
    policy: { present: true, digest: null, warnings: [] },
  }
}

async function cpuOfPage({ app, store, context }: Controller, rounds: number): Promise<number> {
  const user = await store.users.byName('admin')
  if (user === null) throw new Error('There is no administrator.')
  const own = await store.users.setPassword(user.userId, user.passwordHash)
  const headers = { authorization: `Bearer ${await context.auth.makeToken(own)}` }
  const taken: number[] = []
  for (let round = 0; round < rounds + WARM; round += 1) {
    const before = process.cpuUsage()
    const { statusCode } = await app.inject({ method: 'GET', url: '/api/v1/hosts?limit=100', headers })
    const { user: own, system } = process.cpuUsage(before)
    if (statusCode !== 200) throw new Error(`The list was answered with ${statusCode}.`)
    if (round >= WARM) taken.push((own + system) / 1000)
  }
  return median(taken)
}
