import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { ChaosError } from '@chaos-lite/shared'
import { abilities } from '../abilities.ts'
import { type Guards, noGuards } from '../guards.ts'
import type { Finished, Host, OwnThings, RunOptions } from '../host.ts'
import { unindented } from '../linux/accounts/databases.ts'
import { type AccountOptions, fileAccounts } from '../linux/accounts/index.ts'
import type { Mount, MountOrder } from '../mounts.ts'
import { filesUnder } from './files.ts'
import { simulatedLoads } from './loads.ts'
import { type SimulatedMachine, simulatedMachine } from './machine.ts'
import { type SimulatedMounts, simulatedMounts } from './mounts.ts'
import { type SimulatedNameServers, simulatedNameServers } from './name-servers.ts'
import { type SimulatedInterface, type SimulatedNetwork, simulatedNetwork } from './network.ts'
import { type SimulatedPacketFilter, simulatedPacketFilter } from './packet-filter.ts'
import { lookupInHosts } from './resolver.ts'
import { type SimulatedService, type SimulatedServices, simulatedServices } from './services.ts'

/** What a simulated host consists of at first. */
export interface SimulatedHostOptions {
  /** The folder that plays `/`. It needs `etc/hosts`, `etc/passwd` and `etc/group` for the actions that use them. */
  readonly root: string
  readonly services?: Readonly<Record<string, SimulatedService>>
  readonly own?: OwnThings
  readonly bootId?: string
  readonly interfaces?: readonly SimulatedInterface[]
  /** What is mounted where; unless given, one local file system holds everything. */
  readonly mounts?: () => readonly Mount[]
  readonly mountOrders?: readonly MountOrder[]
  /** What units are by what they run; unless given, no unit is known. */
  readonly guards?: Partial<Guards>
  /** Stands in for every program; unless given, none can be run. */
  readonly run?: (argv: readonly [string, ...string[]], options: RunOptions) => Promise<Finished>
}

/** A host whose parts can be changed as an administrator would change them, for tests. */
export interface SimulatedHost extends Host {
  readonly services: SimulatedServices
  readonly nameServers: SimulatedNameServers
  readonly packetFilter: SimulatedPacketFilter
  readonly network: SimulatedNetwork
  readonly mounts: SimulatedMounts
  readonly machine: SimulatedMachine
}

const oneDisk: Mount = {
  ...{ point: '/', source: '/dev/sda1', kind: 'ext4', options: 'rw' },
  ...{ superOptions: 'rw', root: '/' },
}

/**
 * A host that touches nothing but its own folder: for tests, and for runs in mode `simulated`, which are never evidence.
 * Files are real files below `root`, accounts come from its `etc`, services are kept in memory.
 */
export function simulatedHost(options: SimulatedHostOptions): SimulatedHost {
  const files = filesUnder(options.root)
  const services = simulatedServices(options.services ?? {})
  const lookup: AccountOptions['lookup'] = async (database, name) => {
    const rows = (await files.read(`/etc/${database}`, 1 << 20)).toString('utf8').split('\n')
    const found = rows
      .map((row) => unindented(row).split(':'))
      .map(([first, , third]) => first === name || third === name)
    return rows.filter((_, index) => found[index]).join('\n')
  }
  const groupPaths = { groupFile: '/etc/group', gshadowFile: '/etc/gshadow' }
  return {
    platform: 'simulated',
    clock: {
      bootId: options.bootId ?? randomUUID(),
      monoMs: () => Number(process.hrtime.bigint()) / 1e6,
      wallMs: () => Date.now(),
    },
    files,
    services,
    accounts: fileAccounts({ files, lookup, ...groupPaths, lockPath: (path) => join(options.root, path) }),
    processes: {
      byName: async () => [],
      identity: async () => null,
      family: async (pid) => [pid],
      listening: async () => [],
      sockets: async () => [],
      views: async () => [],
      signal: async () => 'gone',
    },
    loads: simulatedLoads(),
    resolver: {
      hostsFile: '/etc/hosts',
      lookup: async (name) => lookupInHosts((await files.read('/etc/hosts', 1 << 24)).toString('latin1'), name),
      flush: async () => [],
    },
    nameServers: simulatedNameServers(files),
    packetFilter: simulatedPacketFilter(),
    network: simulatedNetwork(options.interfaces ?? []),
    mounts: simulatedMounts(options.mounts?.() ?? [oneDisk], options.mountOrders ?? []),
    machine: simulatedMachine(),
    guards: { ...noGuards, ...options.guards },
    own: options.own ?? { paths: [], names: [] },
    abilities: async () => new Map(abilities.map((name) => [name, { has: true, why: 'simulated' }])),
    run: options.run ?? (() => Promise.reject(new ChaosError('tool-failed', 'A simulated host runs no programs.'))),
  }
}
