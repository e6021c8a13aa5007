import { join } from 'node:path'
import { type Controller, startController } from '@chaos-lite/controller'
import type { Plan, Run } from '@chaos-lite/shared'
import type { HostView, RunRow } from '@chaos-lite/shared/api'
import { type DiskKind, diffManifests, Lab, type LabHost, type Manifest, until } from '../../../scripts/lab/index.ts'
import { Api } from './api.ts'
import { type Authority, makeAuthority } from './authority.ts'
import { installAgent, installationMedia, type Member } from './install.ts'
import { Bystanders, type People } from './people.ts'

export type FleetOptions = {
  /** Agents are installed on these; see `bystanders` for hosts without one. */
  hosts: Record<string, Member>
  /** Hosts that no agent is installed on. */
  bystanders?: readonly string[]
  disk?: DiskKind
  /** As in `LabOptions`. */
  more?: readonly string[]
  devices?: Record<string, readonly string[]>
  /** `own`: the controller makes an authority of its own, and the hosts get it with their tokens; otherwise a company's. */
  authority?: 'own'
  /** The folder of drills; default: the shipped ones. */
  drills?: string
  /** Sets the scene before the agents are installed: services, accounts, backups. */
  scene?: (lab: Lab) => Promise<void>
}

export type DrillOptions = People & {
  params?: Record<string, string | number>
  /** Labels for this drill, by host, instead of those that they were enrolled with. */
  labels?: Record<string, Record<string, string>>
  /** Called once, when the run has come to this phase. */
  during?: { phase: Run['phase']; act: (run: Run) => Promise<void> }
}

/** How a drill ended, and what the independent tool found changed on any host: nothing, or a promise was broken. */
export type DrillEnd = { run: Run; row: RunRow; differences: string[] }

/** Long enough for anything in these tests; reached only when something hangs. */
const LONGEST_MS = 150_000

/** Real hosts with real agents, and a real controller in this process that they reach over TLS. */
export class Fleet implements AsyncDisposable {
  readonly lab: Lab
  readonly controller: Controller
  readonly api: Api
  readonly #stack: AsyncDisposableStack

  constructor(lab: Lab, controller: Controller, api: Api, stack: AsyncDisposableStack) {
    this.lab = lab
    this.controller = controller
    this.api = api
    this.#stack = stack
  }

  host(name: string): LabHost {
    return this.lab.host(name)
  }

  /** The host of that name as the controller knows it. */
  async view(name: string): Promise<HostView> {
    const all = await this.api.get<HostView[]>('hosts')
    const found = all.find((one) => one.name === name)
    if (found === undefined) throw new Error(`the controller knows no host ${name}`)
    return found
  }

  /** Labels decide which drills reach a host. */
  async label(name: string, labels: Record<string, string>): Promise<void> {
    await this.api.put(`hosts/${(await this.view(name)).hostId}/labels`, labels)
  }

  /** Waits until the controller has a link to the host. */
  async online(name: string): Promise<void> {
    const { hostId } = await this.view(name)
    const { gateway } = this.controller
    await until(`${name} is online`, () => gateway.isOnline(hostId) && gateway.inventory(hostId) !== null)
  }

  async plan(drill: string, params: DrillOptions['params'] = {}): Promise<Plan> {
    return await this.api.post<Plan>('plans', { drill, params })
  }

  /** Plans and starts a drill. */
  async start(drill: string, params: DrillOptions['params'] = {}): Promise<RunRow> {
    const { planId, digest } = await this.plan(drill, params)
    return await this.api.post<RunRow>('runs', { planId, digest })
  }

  /** Plans a drill, runs it to its end while people answer, and compares every host with itself before. */
  async run(drill: string, options: DrillOptions = {}): Promise<DrillEnd> {
    for (const [name, labels] of Object.entries(options.labels ?? {})) await this.label(name, labels)
    const before = await this.manifests()
    const { runId } = await this.start(drill, options.params)
    const run = await this.ended(runId, options)
    const row = this.controller.context.runBook.row(run)
    return { run, row, differences: await this.differences(before) }
  }

  /** Follows a run to its end while people answer. */
  async ended(runId: string, options: Omit<DrillOptions, 'params' | 'labels'> = {}): Promise<Run> {
    const { runBook } = this.controller.context
    const bystanders = new Bystanders(this.api, options)
    let acting: Promise<void> | null = null
    const look = (run: Run): boolean => {
      bystanders.meet(runId, run)
      if (acting === null && options.during?.phase === run.phase) acting = options.during.act(run)
      return run.outcome !== null
    }
    const watched = await runBook.until(runId, look, { withinMs: LONGEST_MS })
    await bystanders.settled()
    await acting
    const run = watched ?? (await runBook.get(runId))
    if (run === null || run.outcome === null) throw new Error(`run ${runId} did not end: ${run?.phase}`)
    return run
  }

  /** What every host looks like now. */
  async manifests(): Promise<Map<string, Manifest>> {
    const all = this.lab.hosts.map(async (host) => [host.name, await host.manifest()] as const)
    return new Map(await Promise.all(all))
  }

  /** One line for each thing on any host that is not as it was. */
  async differences(before: ReadonlyMap<string, Manifest>): Promise<string[]> {
    const after = await this.manifests()
    return [...after].flatMap(([name, now]) =>
      diffManifests(before.get(name) ?? {}, now).map((line) => `${name}: ${line}`),
    )
  }

  /** What is changed on any host once `act` is done: one line for each thing. */
  async changedBy(act: () => Promise<void>): Promise<string[]> {
    const before = await this.manifests()
    await act()
    return await this.differences(before)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync()
  }
}

/** Brings up the lab, the controller and the agents: one boot for many drills. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const stack = new AsyncDisposableStack()
  try {
    const names = Object.keys(options.hosts)
    const lab = await Lab.up({
      hosts: [...names, ...(options.bystanders ?? [])],
      binds: await installationMedia(),
      ...(options.disk === undefined ? {} : { disk: options.disk }),
      ...(options.more === undefined ? {} : { more: options.more }),
      ...(options.devices === undefined ? {} : { devices: options.devices }),
    })
    stack.defer(() => lab.down())
    const authority = stack.use(await makeAuthority(lab.bridgeAddress))
    const [controller] = await Promise.all([listen(lab, authority, options), options.scene?.(lab)])
    stack.use(controller)
    const given = options.authority === 'own' ? null : authority.caFile
    const caFile = given ?? controller.caFile ?? ''
    const api = stack.use(await Api.open(controller.url, { caFile, firstPassword: controller.firstPassword ?? '' }))
    const fleet = new Fleet(lab, controller, api, stack)
    await Promise.all(names.map((name) => enlist(fleet, name, options.hosts[name] ?? {}, given)))
    return fleet
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function listen(lab: Lab, { folder, certFile, keyFile }: Authority, options: FleetOptions): Promise<Controller> {
  return await startController({
    dataFolder: join(folder, 'controller'),
    host: lab.bridgeAddress,
    port: 0,
    ...(options.authority === 'own' ? {} : { tlsCertFile: certFile, tlsKeyFile: keyFile }),
    logLevel: 'warn',
    ...(options.drills === undefined ? {} : { drillsFolder: options.drills }),
  })
}

async function enlist(fleet: Fleet, name: string, member: Member, caFile: string | null): Promise<void> {
  const { token } = await fleet.api.post<{ token: string }>('tokens', { labels: member.labels ?? {} })
  await installAgent(fleet.host(name), member, { url: fleet.controller.url, token, caFile })
  await fleet.online(name)
  await fleet.host(name).sync()
}
