import { readdir, readFile } from 'node:fs/promises'
import { type IgnoreRule, type Lab, type LabHost, type Manifest, until } from '../../lab/index.ts'
import type { Proved } from '../proved.ts'
import type { Ended, Start, World } from '../world.ts'
import { BOOT_UNITS, BY_HAND, buildLab, type Disk, ownManager } from './build.ts'
import { cutRestart, outlook, restartBy, whenItStaysUp, whenUp } from './restarting.ts'
import { startAgent } from './start-agent.ts'

const JOURNAL = '/var/lib/chaos-lite/journal'
const IGNORE: readonly IgnoreRule[] = [
  { section: 'units', key: '(prove|chaos-lite-(?!restart-)).*', reason: 'our own ways of starting the agent' },
  { section: 'files', key: '/run/systemd/transient/prove-.*', reason: 'our own way of starting the agent' },
]

/** Longer than a boot and every budget of a drill. */
const QUIET_MS = 120_000

/** Real hosts with systemd as process 1, one for each kind of disk, with a share or without; the agent as its installer leaves it. */
export class LabWorld implements World {
  readonly #media: Record<string, string>
  readonly #labs = new Map<string, Lab>()
  /** The lab that the schedule is performed in: its disk, and whether it has a share. */
  #lab = ''
  #bootId = ''
  /** A host that a schedule left changed is never used again. */
  #before: Manifest | null = null

  constructor(media: Record<string, string>) {
    this.#media = media
  }

  async fresh({ share, runs = [] }: Proved, _scene: number, disk: Disk | undefined = 'ext4'): Promise<void> {
    this.#lab = `${disk}${share === true ? ' with a share' : ''}`
    if (!this.#labs.has(this.#lab)) this.#labs.set(this.#lab, await buildLab(disk, this.#media, share === true))
    await this.#settle()
    for (const unit of BY_HAND) await this.#host.exec(['systemctl', runs.includes(unit) ? 'start' : 'stop', unit])
    for (const file of ['/run/shape-r-there', '/run/shape-s2-there']) await this.#host.exec(['rm', '--force', file])
    // Somebody may have stopped it in the schedule before.
    await this.#host.exec(['systemctl', 'start', 'shape-person.service'])
    await this.#host.sync()
    this.#bootId = await this.#host.bootId()
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

  async agent(start: Start): Promise<Ended> {
    await whenUp(this.#host)
    return await startAgent(this.#host, start)
  }

  async restart(args: readonly string[], cutAfterMs: number | undefined): Promise<Ended> {
    const hasOpenRecord = async () => (await this.newestRecord()) !== null
    const ended =
      cutAfterMs === undefined
        ? await restartBy(this.#host, args)
        : await cutRestart(this.#host, args, cutAfterMs, hasOpenRecord)
    await this.#whenPutBack()
    return ended
  }

  async isRestarting(): Promise<boolean> {
    return (await outlook(this.#host)) !== 'stays up'
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
    if ((await this.#host.bootId()) === this.#bootId) return ''
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

  async shell(script: string): Promise<boolean> {
    const done = await this.#host.exec(['sh', '-e', '-c', script], { check: false })
    // Somebody's work that never reached the disk is nobody's fault.
    await this.#host.sync()
    return done.code === 0
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
    const lab = this.#labs.get(this.#lab)
    if (lab === undefined) throw new Error(`There is no host with the disk ${this.#lab}.`)
    return lab.host('box')
  }

  async #boot(): Promise<void> {
    await this.#host.boot()
    await this.#whenPutBack()
  }

  async #whenPutBack(): Promise<void> {
    // The boot rolls back by itself; what it cannot, the next start of the agent finds.
    await until('the boot rolled back', async () => (await this.newestRecord()) === null, {
      timeoutMs: QUIET_MS,
    }).catch(() => undefined)
    await this.#settle()
  }

  /** Waits until nothing is on its way any more: boot units, safety timers, our own starts. */
  async #settle(): Promise<void> {
    await whenItStaysUp(this.#host)
    const ours = ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'prove-*', 'chaos-lite-failsafe-*']
    const boot = ['systemctl', 'list-jobs', '--no-legend']
    let last = ''
    const isQuiet = async () => {
      const jobs = (await this.#host.enter(boot)).stdout
      const units = (await this.#host.enter(ours)).stdout.trim()
      last = `${jobs}${units}`
      if (/chaos-lite|nginx|mnt-plans|by-hand|shape-|user@|linger/.test(jobs) || units !== '') return false
      last = `the units of a user: ${await ownManager(this.#host)}`
      return !/initializing|starting/.test(last)
    }
    await until('the host is quiet', isQuiet, { timeoutMs: QUIET_MS }).catch((thrown) => {
      throw new Error(`The host with the disk ${this.#lab} did not become quiet: ${last}`, { cause: thrown })
    })
  }

  async #drop(): Promise<void> {
    await this.#labs.get(this.#lab)?.down()
    this.#labs.delete(this.#lab)
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
