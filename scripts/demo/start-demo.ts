import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Controller, makeFolder, startController } from '@chaos-lite/controller'
import type { DemoHost } from './demo-host.ts'
import { type DemoHostDefinition, demoHosts, findPlace, type Place } from './hosts.ts'
import { namespaceArgs } from './namespace.ts'

const hostInit = fileURLToPath(new URL('host-init.ts', import.meta.url))

export interface Demo extends AsyncDisposable {
  readonly url: string
  readonly place: Place
  readonly controller: Controller
  /** The one-time password of `admin`. */
  readonly password: string | null
  readonly hosts: readonly { readonly name: string; readonly folder: string; readonly process: ChildProcess }[]
}

export interface DemoOptions {
  /** Everything is kept below it; emptied first. */
  readonly folder: string
  /** 0: any free port. */
  readonly port: number
  /** Where the controller keeps its data; below `folder` unless told. */
  readonly dataFolder?: string
  /** Other drills than those of the repository. */
  readonly drillsFolder?: string
  readonly say?: (sentence: string) => void
}

/**
 * Starts a controller on SQLite and three demo hosts with real agents, each in a mount namespace of its own: the
 * machine itself is not changed. Throws with a sentence for people when it cannot.
 */
export async function startDemo({
  folder,
  port,
  drillsFolder,
  dataFolder = join(folder, 'controller'),
  say = () => undefined,
}: DemoOptions): Promise<Demo> {
  const namespace = await namespaceArgs()
  if (namespace.args === null)
    say(`SIMULATED: ${namespace.reason}; nothing real will be touched, and the run is no evidence.`)
  await emptyFolder(folder)
  const place = await findPlace()
  const stack = new AsyncDisposableStack()
  try {
    const controller = stack.use(
      await startController({
        dataFolder,
        port,
        logLevel: 'warn',
        webhooksToLoopback: true,
        ...(drillsFolder && { drillsFolder }),
      }),
    )
    say(`Controller and dashboard on ${controller.url}`)
    const hosts: Demo['hosts'][number][] = []
    await Promise.all(
      demoHosts(place).map(async (definition) => {
        const host = await startHost(controller, namespace.args, join(folder, definition.name), definition)
        stack.defer(() => stopHost(host.process))
        hosts.push(host)
        say(`Host ${host.name} has its agent`)
      }),
    )
    await allOnline(controller, hosts.length)
    const owned = stack.move()
    const { url, firstPassword } = controller
    return { url, place, controller, password: firstPassword, hosts, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Throws with a sentence for people where it cannot be made. */
export async function emptyFolder(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true })
    makeFolder(folder)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The folder ${folder} cannot be written (${why}). Give another one with --folder.`, { cause })
  }
}

async function startHost(
  controller: Controller,
  unshareArgs: readonly string[] | null,
  folder: string,
  definition: DemoHostDefinition,
): Promise<Demo['hosts'][number]> {
  const { labels, ...rest } = definition
  await mkdir(folder, { recursive: true })
  const { clientId } = await controller.store.clients.first()
  const { enrolment } = controller.context
  const { token } = await enrolment.makeToken({ clientId, labels, validForMs: 600_000, approve: true, by: 'demo' })
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, token, { mode: 0o600 })
  const host: DemoHost = {
    ...rest,
    simulated: unshareArgs === null,
    folder,
    tokenFile,
    controllerUrl: controller.url,
    hosts: [...rest.hosts],
    services: [...rest.services],
  }
  const file = join(folder, 'host.json')
  await writeFile(file, JSON.stringify(host))
  const init = [process.execPath, '--import', 'tsx', hostInit, file]
  const [command = '', ...args] = unshareArgs === null ? init : ['unshare', ...unshareArgs, ...init]
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  await ready(child, definition.name)
  await letIn(controller, labels)
  return { name: definition.name, folder, process: child }
}

/** Simulated hosts all have this machine's name, and those of an earlier demo had the same names: none of them waits. */
async function letIn({ store, gateway }: Controller, labels: Readonly<Record<string, string>>): Promise<void> {
  const { clientId } = await store.clients.first()
  for (const host of await store.hosts.ofClient(clientId)) {
    if (host.state !== 'pending' || host.labels.role !== labels.role) continue
    await store.hosts.approve(host.hostId, { replaces: null, besides: true })
    gateway.approve(host.hostId)
  }
}

/** A host is ready when it says so; what it printed before is shown when it is not. */
function ready(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4000)
      if (printed.includes('ready\n')) resolve()
    })
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`The demo host ${name} ended with exit code ${code}. ${printed}`)))
  })
}

async function stopHost(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.stdin?.end()
  await gone
}

async function allOnline({ gateway }: Controller, count: number): Promise<void> {
  const isReady = () => gateway.online().filter((id) => gateway.inventory(id) !== null).length >= count
  if (isReady()) return
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('The demo hosts did not connect within 30 s.')), 30_000)
    const unlisten = gateway.listen({
      inventory: () => {
        if (!isReady()) return
        clearTimeout(timer)
        unlisten()
        resolve()
      },
    })
  })
}
