import { readdir, readFile } from 'node:fs/promises'
import { addressOfBytes, rangeOf, textOf } from '@chaos-lite/shared/address'
import * as z from 'zod'
import type { ConnectionNames, NameServers, NameServersNow } from '../name-servers.ts'
import { must } from './must.ts'
import { run } from './run.ts'

const askMs = 5_000
/** systemd's own time-out of a start is 90 s; a resolver that needs this long is broken. */
const restartMs = 30_000

const resolved = ['org.freedesktop.resolve1', '/org/freedesktop/resolve1', 'org.freedesktop.resolve1.Manager'] as const
const networkManager = 'org.freedesktop.NetworkManager'
const dnsManager = [
  networkManager,
  '/org/freedesktop/NetworkManager/DnsManager',
  `${networkManager}.DnsManager`,
] as const

/** systemd-resolved and NetworkManager, asked over the system's bus by `busctl`, which comes with systemd. */
export const linuxNameServers: NameServers = {
  now: async (manager) => {
    const asked = manager === 'systemd-resolved' ? [...resolved, 'DNS', 'Domains'] : [...dnsManager, 'Configuration']
    // Without it, systemd would start a resolver that nobody wants, only because it was asked.
    const argv = ['busctl', '--json=short', '--auto-start=no', 'get-property', ...asked] as const
    const said = await run([...argv], { timeoutMs: askMs }).catch(() => null)
    if (said?.code !== 0) return null
    return manager === 'systemd-resolved' ? parseResolved(said.stdout, await interfaces()) : parseManager(said.stdout)
  },
  readAgain: async (manager) => {
    if (manager === 'systemd-resolved') await restartResolved()
    else await must(['busctl', 'call', networkManager, ...reload], { timeoutMs: restartMs })
  },
}

/** 1: the settings files only. */
const reload = ['/org/freedesktop/NetworkManager', networkManager, 'Reload', 'u', '1'] as const

/** A demo host shares the resolver of the machine it runs on: it has no say in it. */
export const notOurNameServers: NameServers = { now: async () => null, readAgain: async () => {} }

/** Only newer versions can reload. It keeps what was set for each interface at run time in `/run` meanwhile. */
async function restartResolved(): Promise<void> {
  const unit = 'systemd-resolved.service'
  // systemd starts nothing more than five times in ten seconds, and forgets the count with this.
  await run(['systemctl', 'reset-failed', unit], { timeoutMs: askMs })
  await must(['systemctl', 'restart', unit], { timeoutMs: restartMs })
}

const Bytes = z.array(z.int().min(0).max(255))
const Servers = z.object({ data: z.array(z.tuple([z.int(), z.int(), Bytes])) })
const Domains = z.object({ data: z.array(z.tuple([z.int(), z.string(), z.boolean()])) })

/** Two lines of JSON: `a(iiay)`, interface, family and address, and `a(isb)`, interface, domain and whether it is only for routing. */
export function parseResolved(stdout: string, names: ReadonlyMap<number, string>): NameServersNow {
  const [first = '', second = ''] = stdout.trim().split('\n')
  const servers = Servers.parse(JSON.parse(first)).data
  const domains = Domains.parse(JSON.parse(second)).data
  const of = (index: number) =>
    servers.filter(([each]) => each === index).map(([, , bytes]) => addressOfBytes(bytes).toString())
  const interfaces = [...new Set(servers.map(([index]) => index).filter((index) => index !== 0))]
  const connections = interfaces.map((index): ConnectionNames => {
    const own = domains.filter(([each]) => each === index).map(([, domain]) => domain)
    return { name: names.get(index) ?? `interface ${index}`, servers: of(index), domains: own }
  })
  return { forAll: of(0), connections: sorted(connections) }
}

const Variant = <T extends z.ZodType>(data: T) => z.object({ data })
const Configuration = z.object({
  data: z.array(
    z.object({
      nameservers: Variant(z.array(z.string())).optional(),
      domains: Variant(z.array(z.string())).optional(),
      interface: Variant(z.string()).optional(),
    }),
  ),
})

/** `aa{sv}`: one entry for each connection; one without an interface is for the whole host. */
export function parseManager(stdout: string): NameServersNow {
  const entries = Configuration.parse(JSON.parse(stdout)).data.map((entry) => ({
    name: entry.interface?.data ?? null,
    servers: (entry.nameservers?.data ?? []).map(canonical),
    domains: entry.domains?.data ?? [],
  }))
  const forAll = entries.filter(({ name }) => name === null).flatMap(({ servers }) => servers)
  const own = entries.flatMap(({ name, ...rest }) => (name === null ? [] : [{ name, ...rest }]))
  return { forAll, connections: sorted(own) }
}

function sorted(connections: readonly ConnectionNames[]): readonly ConnectionNames[] {
  return connections.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function canonical(address: string): string {
  const range = rangeOf(address)
  return range === null ? address : textOf(range)
}

async function interfaces(): Promise<ReadonlyMap<number, string>> {
  const folder = '/sys/class/net'
  const names = await readdir(folder).catch(() => [])
  const each = names.map(
    async (name) => [Number(await readFile(`${folder}/${name}/ifindex`, 'utf8').catch(() => '0')), name] as const,
  )
  return new Map(await Promise.all(each))
}
