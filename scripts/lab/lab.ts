import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BaseTree, baseTree } from './base-tree.ts'
import { bridgeUp, type Network, networkOf } from './bridge.ts'
import { type Disk, type DiskKind, makeDisk, makeGround, mountDisk } from './disk.ts'
import { LabHost } from './host.ts'
import { raiseInotifyLimit } from './inotify.ts'
import type { Machine } from './machine.ts'
import { morePackages } from './more-packages.ts'
import { nobody, thisProcess } from './owner.ts'
import { labDir } from './paths.ts'
import { LabError } from './run.ts'
import { claimSlot, listSlots, type Slot } from './slot.ts'
import { demolish, sweep } from './sweep.ts'

export type LabOptions = {
  /** The hosts' names, at most 200. */
  hosts: readonly string[]
  disk?: DiskKind
  /** Those of the hosts that get the packages of `lab-more-packages.txt` as well. Nothing of them runs until it is started. */
  more?: readonly string[]
  /** Devices of this machine that hosts may open, such as `/dev/fuse`, by host. */
  devices?: Record<string, readonly string[]>
  /** Tells labs apart that are up at the same time; one is made up when left out. */
  name?: string
  /** Files and folders of this machine that every host sees, read-only: { from: to }. */
  binds?: Record<string, string>
  /** true: the lab outlives this process, until somebody says `down`. */
  keep?: boolean
  /** Called with a line when something takes long. */
  log?: (line: string) => void
}

/** What is written down about a lab, so that another process can use it. */
type LabRecord = {
  name: string
  slot: Slot
  disk: DiskKind
  base: BaseTree
  hosts: string[]
  /** What lies over the base tree of these hosts. */
  layer: string | undefined
  more: string[]
  devices: Record<string, readonly string[]>
  binds: [string, string][]
}

/** The lab of commands that name none. */
export const UNNAMED = 'cli'

/** What a person who asked for a lab that is not there should do. */
export function notUp(name: string): string {
  if (name === UNNAMED) return 'No lab is up; start one: npm run lab -- up 3'
  return `No lab named "${name}" is up; start it: npm run lab -- --name ${name} up 3`
}

let count = 0

/** Some real hosts on a network of their own, with this machine at its bridge address. */
export class Lab implements AsyncDisposable {
  readonly name: string
  readonly hosts: readonly LabHost[]
  /** Where a program on this machine, such as the controller, is reached from the hosts. */
  readonly bridgeAddress: string
  readonly #slot: Slot

  private constructor(record: LabRecord) {
    const network = networkOf(record.slot.number)
    this.name = record.name
    this.#slot = record.slot
    this.bridgeAddress = network.address
    this.hosts = record.hosts.map((name, index) => {
      const disk = diskOf(record, name)
      return new LabHost(network.hostAddress(index), machineOf(record, network, name, index), disk)
    })
  }

  /** Makes the hosts and waits until all of them are up. Leftovers of killed runs are cleared away first. */
  static async up(options: LabOptions): Promise<Lab> {
    await sweep()
    const base = await baseTree(options.log)
    count += 1
    const name = options.name ?? `lab-${process.pid}-${count}`
    if ((await listSlots()).some((slot) => slot.dir === labDir(name))) throw new LabError(`lab ${name} is up already`)
    const slot = await claimSlot(labDir(name), options.keep === true ? nobody() : thisProcess())
    const binds = Object.entries(options.binds ?? {})
    try {
      const record: LabRecord = {
        ...{ name, slot, base, binds, disk: options.disk ?? 'overlay', hosts: [...options.hosts] },
        layer: options.more?.length ? await morePackages(base, options.log) : undefined,
        more: [...(options.more ?? [])],
        devices: options.devices ?? {},
      }
      return await build(record, () => new Lab(record))
    } catch (error) {
      await demolish(slot)
      throw error
    }
  }

  /** A lab that another call, perhaps of another process, has brought up. */
  static async attach(name: string): Promise<Lab> {
    const text = await readFile(join(labDir(name), 'lab.json'), 'utf8').catch(() => undefined)
    if (text === undefined) throw new LabError(notUp(name))
    return new Lab(JSON.parse(text) as LabRecord)
  }

  /** The host of that name. */
  host(name: string): LabHost {
    const found = this.hosts.find((host) => host.name === name)
    if (found === undefined)
      throw new LabError(`lab ${this.name} has no host ${name}; it has ${this.hosts.map((h) => h.name)}`)
    return found
  }

  /** Ends all hosts and removes every trace of the lab from this machine. */
  async down(): Promise<void> {
    await demolish(this.#slot)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
  }
}

async function build(record: LabRecord, make: () => Lab): Promise<Lab> {
  const network = networkOf(record.slot.number)
  await raiseInotifyLimit()
  await makeGround(labDir(record.name))
  await writeFile(join(labDir(record.name), 'lab.json'), JSON.stringify(record))
  await bridgeUp(network)
  const lab = make()
  for (const host of lab.hosts) {
    const disk = diskOf(record, host.name)
    await makeDisk(disk)
    await mountDisk(disk)
    await writeIdentity(host, network)
    await host.sync()
  }
  const states = await Promise.all(lab.hosts.map(async (host) => ({ host, state: await host.boot() })))
  for (const { host, state } of states) if (state !== 'running') throw new LabError(await failedUnits(host))
  for (const host of lab.hosts) await host.sync()
  return lab
}

async function writeIdentity(host: LabHost, network: Network): Promise<void> {
  const address = `${host.address}/${network.prefixLength}`
  const lines = ['[Match]', 'Name=host0', '[Network]', `Address=${address}`, `Gateway=${network.address}`]
  const files = {
    'etc/hostname': `${host.name}\n`,
    'etc/hosts': `127.0.0.1\tlocalhost\n127.0.1.1\t${host.name}\n::1\tlocalhost ip6-localhost ip6-loopback\n`,
    'etc/machine-id': `${randomBytes(16).toString('hex')}\n`,
    'etc/systemd/network/10-lab.network': [...lines, 'LinkLocalAddressing=no', ''].join('\n'),
  }
  for (const [path, content] of Object.entries(files)) await writeFile(join(host.root, path), content)
}

async function failedUnits(host: LabHost): Promise<string> {
  const { stdout } = await host.enter(['systemctl', '--failed', '--no-legend', '--plain'], { check: false })
  return `host ${host.name} came up with failed units:\n${stdout}`
}

function diskOf(record: LabRecord, host: string): Disk {
  const layer = record.more.includes(host) ? record.layer : undefined
  return { kind: record.disk, dir: join(labDir(record.name), 'hosts', host), base: record.base, layer }
}

function machineOf(record: LabRecord, network: Network, hostname: string, index: number): Machine {
  const dir = join(labDir(record.name), 'hosts', hostname)
  return {
    machine: `clab${record.slot.number}-${index + 1}`,
    hostname,
    dir,
    bridge: network.bridge,
    binds: record.binds,
    devices: record.devices[hostname] ?? [],
  }
}
