import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { buildAgent } from '../../build/index.ts'
import { type IgnoreRule, Lab, type LabHost, type Manifest, until } from '../../lab/index.ts'
import { proved as all } from '../actions.ts'
import { type Proved, policyFor } from '../proved.ts'
import type { Schedule } from '../schedule.ts'
import type { Ended, Start, World } from '../world.ts'
import { AGENT, startAgent } from './start-agent.ts'

const INSTALLER = fileURLToPath(new URL('../../install-agent.sh', import.meta.url))
const MEDIA = { installer: '/mnt/install-agent.sh', binary: '/mnt/chaos-lite-agent' }
const JOURNAL = '/var/lib/chaos-lite/journal'
/** The units of a boot that put back. */
const BOOT_UNITS = ['chaos-lite-recover-early.service', 'chaos-lite-recover.service']
/** Who every host of the lab has; see `scene.ts` for the pretended ones. */
const PEOPLE = [
  ['groupadd', 'planners'],
  ['useradd', '--create-home', '--shell', '/bin/bash', '--groups', 'planners', 'anna'],
  ['useradd', '--create-home', '--groups', 'planners,sudo', 'bela'],
]
const IGNORE: readonly IgnoreRule[] = [
  { section: 'units', key: '(prove|chaos-lite-).*', reason: 'our own ways of starting the agent' },
  { section: 'files', key: '/run/systemd/transient/prove-.*', reason: 'our own way of starting the agent' },
]

/** Longer than a boot and every budget of a drill. */
const QUIET_MS = 120_000

type Disk = NonNullable<Schedule['disk']>

/** The agent's executable and its installer, built once for all hosts. */
export async function installationMedia(): Promise<Record<string, string>> {
  return { [(await buildAgent()).executable]: MEDIA.binary, [INSTALLER]: MEDIA.installer }
}

/** Real hosts with systemd as process 1, one for each kind of disk; the agent as its installer leaves it. */
export class LabWorld implements World {
  readonly #media: Record<string, string>
  readonly #labs = new Map<Disk, Lab>()
  #disk: Disk = 'ext4'
  /** A host that a schedule left changed is never used again. */
  #before: Manifest | null = null

  constructor(media: Record<string, string>) {
    this.#media = media
  }

  async fresh(_proved: Proved, _scene: number, disk: Schedule['disk']): Promise<void> {
    this.#disk = disk ?? 'ext4'
    if (!this.#labs.has(this.#disk)) this.#labs.set(this.#disk, await this.#build(this.#disk))
    await this.#settle()
    await this.#host.sync()
    this.#before = null
  }

  async manifest(): Promise<Manifest> {
    await this.#settle()
    const found = await this.#host.manifest({ ignore: IGNORE })
    const changed = this.#before !== null && JSON.stringify(found) !== JSON.stringify(this.#before)
    this.#before ??= found
    if (changed) await this.#drop()
    return found
  }

  agent(start: Start): Promise<Ended> {
    return startAgent(this.#host, start)
  }

  async newestRecord(): Promise<string | null> {
    const names = await readdir(`${this.#host.root}${JOURNAL}`).catch(() => [])
    return (
      names
        .filter((name) => /^[0-9A-Z]{26}$/.test(name))
        .sort()
        .at(-1) ?? null
    )
  }

  async bootSaid(): Promise<string> {
    const units = BOOT_UNITS.map((unit) => `--unit=${unit}`)
    return (await this.#host.enter(['journalctl', '--boot', '--output=cat', ...units], { check: false })).stdout
  }

  async reboot(): Promise<void> {
    await this.#host.crash()
    await this.#boot()
  }

  async powerCut(): Promise<void> {
    await this.#host.powerCut()
    await this.#boot()
  }

  async snapshot(): Promise<void> {
    await this.#host.snapshot()
  }

  async restoreSnapshot(): Promise<void> {
    await this.#host.restoreSnapshot()
    await this.#boot()
  }

  drill = notHere
  fillDisk = notHere
  writeProtect = notHere
  mendDisk = notHere
  upgrade = notHere
  restoreOldJournal = notHere

  async [Symbol.asyncDispose](): Promise<void> {
    for (const lab of this.#labs.values()) await lab.down()
  }

  get #host(): LabHost {
    const lab = this.#labs.get(this.#disk)
    if (lab === undefined) throw new Error(`There is no host with the disk ${this.#disk}.`)
    return lab.host('box')
  }

  async #build(disk: Disk): Promise<Lab> {
    const lab = await Lab.up({ hosts: ['box'], disk, binds: this.#media })
    const host = lab.host('box')
    for (const argv of PEOPLE) await host.exec(argv)
    for (const argv of all.flatMap((one) => one.lab ?? [])) await host.exec(argv)
    await host.writeFile('/root/policy.yaml', policyFor(all))
    const install = ['sh', MEDIA.installer, '--binary', MEDIA.binary, '--policy', '/root/policy.yaml']
    // As a packager would: the files only, without a controller.
    await host.exec(install, { env: { DESTDIR: '/' } })
    await host.exec(['systemctl', 'daemon-reload'])
    await host.exec(['systemctl', 'enable', '--quiet', ...BOOT_UNITS])
    // The first rehearsal keeps a copy of the executable; from then on hosts do not differ.
    const params = JSON.stringify(all[0]?.settings[0].params)
    await host.exec([AGENT, 'rehearse', all[0]?.action ?? '', '--with', params, '--hold', '1s', '--yes'])
    return lab
  }

  async #boot(): Promise<void> {
    await this.#host.boot()
    // The boot puts back by itself; what it cannot, the next start of the agent finds.
    await until('the boot put back', async () => (await this.newestRecord()) === null, { timeoutMs: QUIET_MS }).catch(
      () => undefined,
    )
    await this.#settle()
  }

  /** Waits until nothing is on its way any more: boot units, safety timers, our own starts. */
  async #settle(): Promise<void> {
    const ours = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'prove-*', 'chaos-lite-failsafe-*']
    const boot = ['systemctl', 'list-jobs', '--no-legend']
    let last = ''
    const isQuiet = async () => {
      const jobs = (await this.#host.enter(boot)).stdout
      const units = (await this.#host.enter(ours)).stdout.trim()
      last = `${jobs}${units}`
      return !/chaos-lite|nginx/.test(jobs) && units === ''
    }
    await until('the host is quiet', isQuiet, { timeoutMs: QUIET_MS }).catch((thrown) => {
      throw new Error(`The host with the disk ${this.#disk} did not become quiet: ${last}`, { cause: thrown })
    })
  }

  async #drop(): Promise<void> {
    await this.#labs.get(this.#disk)?.down()
    this.#labs.delete(this.#disk)
    this.#before = null
  }
}

async function notHere(): Promise<never> {
  throw new Error('This is done with pretended hosts only.')
}

/** What a process of a host wrote into its `/run`, while the host is up. */
export async function readRun(host: LabHost, path: string): Promise<string> {
  return readFile(`/proc/${await host.leader()}/root${path}`, 'utf8').catch(() => '')
}
