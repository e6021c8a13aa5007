import { accessSync, constants } from 'node:fs'
import { type Abilities, type Ability, type AbilityAnswer, abilities } from '../abilities.ts'
import { run } from './run.ts'
import { tool } from './tools.ts'

/** What this host can do; each answer comes with a reason that a person can act on. */
export async function linuxAbilities(manager: string, sharesNetwork = false): Promise<Abilities> {
  const root = process.getuid?.() === 0
  const asRoot = ability(root, 'runs as root', 'the agent does not run as root')
  const gnu = await hasGnuCopy()
  const answers: Record<Ability, AbilityAnswer> = {
    files: ability(
      gnu,
      'GNU coreutils keep every attribute of a file',
      'GNU coreutils are missing: install "coreutils"',
    ),
    acl: tools(['getfacl', 'setfacl'], 'acl'),
    services: ability(
      manager !== 'none',
      `services are managed by ${manager}`,
      'no service manager that Chaos Lite knows',
    ),
    processes: ability(isReadable('/proc/1/stat'), '/proc shows the processes', '/proc/1/stat cannot be read'),
    loads: ability(
      !sharesNetwork,
      'loads run as processes of the agent itself',
      'a demo host has no processors, memory and disks of its own',
    ),
    accounts: both(ability(root, 'runs as root', 'the agent does not run as root'), tools(['getent'], 'libc-bin')),
    resolver: ability(isReadable('/etc/hosts'), 'getaddrinfo and the hosts file', '/etc/hosts cannot be read'),
    network: sharesNetwork ? notItsOwnNetwork : both(asRoot, tools(['ip'], 'iproute2')),
    mounts: sharesNetwork ? notItsOwnNetwork : both(asRoot, tools(['mount', 'umount'], 'mount')),
    'packet-filter': sharesNetwork ? notItsOwnNetwork : await packetFilter(),
    'backup-tools': backupTools(),
    pam: tools(['pamtester'], 'pamtester'),
    restart: both(
      ability(root, 'runs as root', 'the agent does not run as root'),
      ability(manager === 'systemd', 'systemd can restart this host', 'process 1 is not systemd'),
    ),
  }
  return new Map(abilities.map((name) => [name, answers[name]]))
}

const notItsOwnNetwork = ability(false, '', 'this demo host shares the network of the machine it runs on')

/** A kernel that has let nft work once goes on doing so: asking costs a process before each failure. */
let kernelFilters = false

/** Installed is not enough: a kernel without nf_tables, or a container without the right, refuses every command. */
async function packetFilter(): Promise<AbilityAnswer> {
  const installed = tools(['nft'], 'nftables')
  if (!installed.has) return installed
  if (!kernelFilters) {
    const said = await run(['nft', '-j', 'list', 'tables'], { timeoutMs: 5000 }).catch(() => null)
    kernelFilters = said?.code === 0
  }
  return ability(kernelFilters, 'nft found, and the kernel lets it work', 'nft is found, but refused by the kernel')
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function ability(has: boolean, because: string, missing: string): AbilityAnswer {
  return { has, why: has ? because : missing }
}

function both(first: AbilityAnswer, second: AbilityAnswer): AbilityAnswer {
  return first.has ? second : first
}

function tools(names: readonly string[], packageName: string): AbilityAnswer {
  const missing = names.filter((name) => tool(name) === null)
  return ability(
    missing.length === 0,
    `${names.join(', ')} found`,
    `${missing.join(', ')} missing: install "${packageName}"`,
  )
}

function anyTool(names: readonly string[]): AbilityAnswer {
  const found = names.filter((name) => tool(name) !== null)
  return ability(found.length > 0, `${found.join(', ')} found`, `none of ${names.join(', ')} is installed`)
}

/** What archives are read by, with the packages that they are in where they are called otherwise. */
const UNPACKERS = { tar: 'tar', gzip: 'gzip', xz: 'xz-utils', zstd: 'zstd', bzip2: 'bzip2', lz4: 'lz4' }

/** Archives of a kind whose program is missing cannot be restored: doctor names them. */
function backupTools(): AbilityAnswer {
  const any = anyTool(['restic', 'borg', 'kopia', 'tar'])
  const missing = Object.entries(UNPACKERS).filter(([name]) => tool(name) === null)
  if (!any.has || missing.length === 0) return any
  const packages = missing.map(([, name]) => `"${name}"`).join(', ')
  return {
    ...any,
    why: `${any.why}; archives that need ${missing.map(([name]) => name).join(', ')}: install ${packages}`,
  }
}

/** Paths of a `cp` that was asked: like the tools themselves, what was found is not asked for again. */
const gnuCopies = new Set<string>()

/** BusyBox has a `cp` and a `touch` of that name, which lose attributes and nanoseconds. */
async function hasGnuCopy(): Promise<boolean> {
  const copy = tool('cp')
  if (!copy || !tool('touch')) return false
  if (gnuCopies.has(copy)) return true
  const said = await run(['cp', '--version'], { timeoutMs: 5000 }).catch(() => null)
  const isGnu = said?.stdout.includes('GNU coreutils') ?? false
  if (isGnu) gnuCopies.add(copy)
  return isGnu
}
