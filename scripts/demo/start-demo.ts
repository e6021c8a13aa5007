import { spawn } from 'node:child_process'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Controller, makeFolder, startController } from '@chaos-lite/controller'
import { allOnline } from './all-online.ts'
import { claim } from './claim.ts'
import type { DemoHost } from './demo-host.ts'
import { type DemoHostDefinition, demoHosts, findPlace, type Place } from './hosts.ts'
import { namespaceArgs } from './namespace.ts'
import { phase } from './phase.ts'
import { RunningHost } from './running-host.ts'
import { within } from './within.ts'

/** A controller whose folder is whole ends in well under a second. */
const CONTROLLER_MS = 20_000

const hostInit = fileURLToPath(new URL('host-init.ts', import.meta.url))

export interface Demo extends AsyncDisposable {
  readonly url: string
  readonly place: Place
  readonly controller: Controller
  /** The one-time password of `admin`. */
  readonly password: string | null
  readonly hosts: readonly RunningHost[]
}

export interface DemoOptions {
  /** Everything is kept below it; emptied first. A living demo there is not disturbed: this one is refused. */
  readonly folder: string
  /** 0: any free port. */
  readonly port: number
  /** Where the controller keeps its data; default: below `folder`. */
  readonly dataFolder?: string
  /** Other drills than those of the repository. */
  readonly drillsFolder?: string
  readonly say?: (sentence: string) => void
  /** What must be done before the controller starts, once folder and port are known to be free. */
  readonly prepare?: () => Promise<void>
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
  prepare = async () => undefined,
}: DemoOptions): Promise<Demo> {
  const stack = new AsyncDisposableStack()
  try {
    const claimed = stack.use(await claim(folder, port))
    if (await emptyFolder(folder)) say('The demo of the last start was removed.')
    await prepare()
    const namespace = await namespaceArgs()
    if (namespace.args === null)
      say(`SIMULATED: ${namespace.reason}; nothing real will be touched, and the run is no evidence.`)
    const place = await findPlace()
    await claimed.releasePort()
    const controller = await phase(say, 'Starting the controller', () =>
      startController({
        ...{ dataFolder, port, logLevel: 'warn', webhooksToLoopback: true },
        ...(drillsFolder && { drillsFolder }),
      }),
    )
    stack.defer(() => endController(controller, say))
    say(`Controller and dashboard on ${controller.url}`)
    const hosts: RunningHost[] = []
    stack.defer(async () => void (await Promise.all(hosts.map((host) => host.end()))))
    await phase(say, 'Starting three demo hosts with their agents', async () => {
      await Promise.all(
        demoHosts(place).map(async (definition) => {
          const host = await startHost(controller, namespace.args, join(folder, definition.name), { definition, say })
          hosts.push(host)
          await host.ready()
          await letIn(controller, definition.labels)
        }),
      )
      await allOnline(controller, hosts.length, say)
    })
    const owned = stack.move()
    const { url, firstPassword } = controller
    return { url, place, controller, password: firstPassword, hosts, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** A controller whose folder was removed under it may wait for its disk for ever. */
async function endController(controller: Controller, say: (sentence: string) => void): Promise<void> {
  const how = await within(CONTROLLER_MS, controller[Symbol.asyncDispose]()).catch(() => 'failed' as const)
  if (how === 'in time') return
  const why = how === 'failed' ? 'did not end without an error' : `did not end within ${CONTROLLER_MS / 1000} s`
  say(`The controller ${why}: its folder may have been removed or damaged. Its records there may be incomplete.`)
}

/** Whether there was one before. Throws with a sentence for people where it cannot be made. */
async function emptyFolder(folder: string): Promise<boolean> {
  try {
    const wasThere = (await stat(folder).catch(() => null)) !== null
    await rm(folder, { recursive: true, force: true })
    makeFolder(folder)
    return wasThere
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`The folder ${folder} cannot be written (${why}). Give another one with --folder.`, { cause })
  }
}

async function startHost(
  controller: Controller,
  unshareArgs: readonly string[] | null,
  folder: string,
  { definition, say }: { readonly definition: DemoHostDefinition; readonly say: (sentence: string) => void },
): Promise<RunningHost> {
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
  // A group of its own: Ctrl-C is for the demo alone, and what does not end can be killed whole.
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  return new RunningHost({ name: definition.name, folder, process: child, say })
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
