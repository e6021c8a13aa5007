import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { supervisorSocketVariable } from '../../../packages/agent/src/host/linux/services/supervisor-protocol.ts'
import { Supervisor } from '../../demo/supervisor.ts'
import type { Manifest } from '../../lab/manifest.ts'
import { LONG_MS } from '../blows.ts'
import { drill } from '../cut-off/drill.ts'
import { reportedOutcomes } from '../cut-off/reported.ts'
import { Steering, type Wanted } from '../cut-off/steering.ts'
import { type Proved, policyFor } from '../proved.ts'
import type { Step } from '../schedule.ts'
import type { Ended, Start, World } from '../world.ts'
import type { Bundles } from './bundles.ts'
import { Holder } from './holder.ts'
import { type Meanwhile, startAgent } from './start-agent.ts'

const SOCKET = '/run/chaos-lite-supervisor'
const STATE = '/var/lib/chaos-lite'
const JOURNAL = `${STATE}/journal`
const WHOLE = ['/etc', '/srv', '/var/lib']

/**
 * A host that is pretended by namespaces: its own folders, processes, boot id and services, the machine's kernel. It
 * starts in a tenth of a second and leaves nothing behind. Its disk is memory: only the lab can cut the power.
 */
export class NamespaceWorld implements World {
  readonly #bundles: Bundles
  readonly #holder: Holder
  readonly #folder: string
  #leader = 0
  #proved: Proved | null = null
  #supervisor: Supervisor | null = null
  #scene = 0
  #upgraded = false
  #steering: Promise<Steering> | null = null

  private constructor(bundles: Bundles, folder: string) {
    this.#bundles = bundles
    this.#holder = Holder.start()
    this.#folder = folder
  }

  static async open(bundles: Bundles): Promise<NamespaceWorld> {
    return new NamespaceWorld(bundles, await mkdtemp(join(tmpdir(), 'chaos-lite-prove-')))
  }

  async fresh(proved: Proved, scene: number): Promise<void> {
    await this.#stopServices()
    const setting = proved.settings[scene]
    if (setting === undefined) throw new Error(`${proved.action} has no scene ${scene}.`)
    const things = [...setting.things, { path: '/etc/chaos-lite/policy.yaml', text: policyFor([proved]) }]
    this.#proved = proved
    this.#scene = scene
    this.#upgraded = false
    const { network = false, disk = null, programs = [] } = proved
    const { prepare = '', atBoot = '', holds = null } = setting
    const asked = { scene: things, network, disk, programs, prepare, atBoot, holds }
    this.#leader = (await this.#holder.ask('fresh', asked)).leader
    await this.#startServices()
  }

  async manifest(): Promise<Manifest> {
    const services = (this.#proved?.services ?? []).map((name) => {
      const running = this.#supervisor?.isRunning(name) === true ? 'yes' : 'no'
      return [name, { running, read: this.#supervisor?.lastRead(name) ?? '' }] as const
    })
    return { ...(await this.#holder.ask('manifest', {})), services: Object.fromEntries(services) }
  }

  agent(start: Start): Promise<Ended> {
    return this.#start(start)
  }

  async drill({ cut, silent, fault }: Step & { do: 'drill' }, { count = false } = {}): Promise<Ended> {
    this.#steering ??= Steering.start()
    const steering = await this.#steering
    const { port } = await this.#holder.ask('link', { port: steering.port })
    const known = await steering.enrol(port)
    const state = `/proc/${this.#leader}/root${STATE}`
    await mkdir(state, { recursive: true, mode: 0o700 })
    await writeFile(`${state}/identity.json`, known.identity, { mode: 0o600 })
    const params = { ...this.#proved?.settings[this.#scene]?.params } as Wanted['params']
    const wanted = { action: this.#proved?.action ?? '', params, holdMs: LONG_MS }
    const linked = {
      ...{ steering, known, struck: fault !== undefined },
      newestRecord: () => this.newestRecord(),
      cutOff: async () => void (await this.#holder.ask('cut', { silent })),
    }
    const ended = await this.#start({ args: ['run'], fault, count }, (over) => drill(linked, wanted, cut, over))
    return { ...ended, stdout: `${ended.stdout}${await reportedOutcomes(`${state}/outbox`)}` }
  }

  async #start(start: Start, meanwhile?: Meanwhile): Promise<Ended> {
    const bundle = this.#upgraded ? this.#bundles.next : this.#bundles.current
    const trace = join(this.#folder, `trace-${performance.now()}`)
    const ended = await startAgent(
      {
        leader: this.#leader,
        network: this.#proved?.network === true,
        argv: [process.execPath, bundle],
        env: {
          PATH: process.env.PATH,
          // Without one, or an /etc/localtime, Node.js looks through all of the machine's zones.
          TZ: 'UTC',
          ...(this.#supervisor === null ? {} : { [supervisorSocketVariable]: SOCKET }),
        },
        trace,
      },
      start,
      meanwhile,
    )
    // What is still there goes on writing into it; the folder goes at the end.
    if (ended.goOn === undefined) await rm(trace, { force: true })
    return ended
  }

  async newestRecord(): Promise<string | null> {
    const names = await readdir(`/proc/${this.#leader}/root${JOURNAL}`).catch(() => [])
    return (
      names
        .filter((name) => /^[0-9A-Z]{26}$/.test(name))
        .sort()
        .at(-1) ?? null
    )
  }

  async restart(): Promise<never> {
    throw new Error('A pretended host has no process 1 that could restart it: that is done in the lab.')
  }

  async isRestarting(): Promise<boolean> {
    return false
  }

  /** The steps of a schedule start the agent themselves. */
  async bootSaid(): Promise<string> {
    return ''
  }

  async reboot(): Promise<void> {
    await this.#holder.ask('power_off', {})
    await this.#boot()
  }

  async powerCut(): Promise<void> {
    throw new Error('A pretended host has no disk of its own whose power could be cut: that is done in the lab.')
  }

  async shell(script: string): Promise<boolean> {
    return (await this.#holder.ask('shell', { script })).ok
  }

  async fillDisk(): Promise<void> {
    await this.#holder.ask('fill', {})
  }

  async writeProtect(): Promise<void> {
    await this.#holder.ask('write_protect', {})
  }

  async mendDisk(): Promise<void> {
    await this.#holder.ask('repair', {})
  }

  async upgrade(): Promise<void> {
    this.#upgraded = true
  }

  async snapshot(): Promise<void> {
    await this.#holder.ask('save', { name: 'snapshot', folders: WHOLE })
  }

  async restoreSnapshot(): Promise<void> {
    await this.#holder.ask('power_off', {})
    await this.#holder.ask('load', { name: 'snapshot', folders: WHOLE })
    await this.#boot()
  }

  async restoreOldJournal(): Promise<void> {
    await this.#holder.ask('power_off', {})
    await this.#holder.ask('load', { name: 'snapshot', folders: [JOURNAL] })
    await this.#boot()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stopServices()
    await (await this.#steering)?.[Symbol.asyncDispose]()
    await this.#holder[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #boot(): Promise<void> {
    await this.#stopServices()
    this.#leader = (await this.#holder.ask('boot', {})).leader
    await this.#startServices()
  }

  /** As enabled units do at boot. */
  async #startServices(): Promise<void> {
    const services = this.#proved?.services ?? []
    if (services.length === 0) return
    // Says something once it runs, and then waits for ever; a reload does not end it.
    const argv = ['sh', '-c', "trap '' HUP; exec cat /proc/self/comm -"] as const
    const reads = (this.#proved?.reads ?? []).map((path) => `/proc/${this.#leader}/root${path}`)
    const reload = reads.length === 0 ? {} : ({ reload: 'SIGHUP', reads } as const)
    this.#supervisor = new Supervisor(services.map((service) => ({ service, argv, ...reload })))
    await this.#supervisor.listen(`/proc/${this.#leader}/root${SOCKET}`)
    await this.#supervisor.startAll()
  }

  async #stopServices(): Promise<void> {
    await this.#supervisor?.close()
    this.#supervisor = null
  }
}
