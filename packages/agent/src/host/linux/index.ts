import { ownCommand } from '../../program/index.ts'
import type { Host, OwnThings } from '../host.ts'
import { linuxAbilities } from './abilities.ts'
import { everybodyByGetent, fileAccounts, groupIdsById, lookupByGetent } from './accounts/index.ts'
import { rootPrograms } from './accounts/root-programs.ts'
import { linuxClock } from './clock.ts'
import { linuxFiles } from './files/index.ts'
import { linuxGuards } from './guards/index.ts'
import { linuxLoads } from './loads.ts'
import { systemdMachine } from './machine.ts'
import { linuxMounts } from './mounts.ts'
import { linuxNameServers, notOurNameServers } from './name-servers.ts'
import { linuxNames } from './names.ts'
import { linuxNetwork } from './network/index.ts'
import { nftables } from './packet-filter/index.ts'
import { linuxProcesses } from './processes.ts'
import { linuxResolver } from './resolver.ts'
import { run } from './run.ts'
import { linuxServices } from './services/index.ts'

/** What a host of Linux is made of. */
export interface LinuxHostOptions {
  /** What no drill may touch: the agent's own folders and the controller's host name. */
  readonly own: OwnThings
  readonly env?: NodeJS.ProcessEnv
  /** A demo host has folders of its own, but the network of the machine: what is stopped there stops for all. */
  readonly sharesNetwork?: boolean
}

/** The Linux host that this process runs on. */
export function linuxHost({ own, env = process.env, sharesNetwork = false }: LinuxHostOptions): Host {
  const services = linuxServices(env)
  return {
    platform: 'linux',
    clock: linuxClock(),
    files: linuxFiles,
    services,
    accounts: fileAccounts({
      files: linuxFiles,
      lookup: lookupByGetent,
      groupFile: '/etc/group',
      gshadowFile: '/etc/gshadow',
      sessionGroups: groupIdsById,
      everybody: everybodyByGetent,
      programs: rootPrograms,
    }),
    processes: linuxProcesses,
    loads: linuxLoads(ownCommand),
    resolver: linuxResolver,
    nameServers: sharesNetwork ? notOurNameServers : linuxNameServers,
    packetFilter: nftables(),
    network: linuxNetwork(),
    mounts: linuxMounts({ systemd: services.manager === 'systemd' }),
    machine: systemdMachine(services, linuxProcesses),
    own,
    guards: linuxGuards({ systemd: services.manager === 'systemd' }),
    names: linuxNames,
    abilities: () => linuxAbilities(services.manager, sharesNetwork),
    run,
  }
}
