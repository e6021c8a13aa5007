// The first process of a demo host, inside a mount namespace of its own: private folders, services, agent.
// Usage: host-init FILE, with a DemoHost as JSON in FILE. Ends, with everything rolled back, when its standard input does.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DemoHost } from './demo-host.ts'
import { mountPrivateFolders } from './private-folders.ts'
import { AGENT_KILLED, AGENT_MS } from './running-host.ts'
import { Supervisor } from './supervisor.ts'
import { within } from './within.ts'

const here = dirname(fileURLToPath(import.meta.url))
const agentMain = join(here, '..', '..', 'packages', 'agent', 'src', 'main.ts')
function agent(args: readonly string[]): ChildProcess {
  const own = host.simulated ? { CHAOS_LITE_ROOT: host.folder, CHAOS_LITE_SIMULATED: 'yes' } : {}
  const env = { ...process.env, CHAOS_LITE_SUPERVISOR: socket, ...own }
  return spawn(process.execPath, [...process.execArgv, agentMain, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  })
}

/** Returns the folder that plays `/etc`. */
async function prepareHost(): Promise<string> {
  if (!host.simulated) {
    await mountPrivateFolders(host.folder)
    await promisify(execFile)('hostname', [host.name])
    return '/etc'
  }
  const etc = join(host.folder, 'etc')
  await mkdir(etc, { recursive: true })
  for (const file of ['hosts', 'passwd', 'group']) await copyFile(join('/etc', file), join(etc, file))
  return etc
}

async function configure(etc: string): Promise<void> {
  await appendFile(join(etc, 'hosts'), host.hosts.map((line) => `${line}\n`).join(''))
  await mkdir(join(etc, 'chaos-lite'), { recursive: true, mode: 0o755 })
  await writeFile(join(etc, 'chaos-lite', 'policy.yaml'), host.policy, { mode: 0o644 })
}

async function enrol(): Promise<void> {
  const args = ['enrol', '--controller', host.controllerUrl, '--token-file', host.tokenFile]
  const [code] = await once(agent(args), 'exit')
  if (code !== 0) throw new Error(`${host.name} could not be enrolled (exit code ${code}).`)
}

const [file = ''] = process.argv.slice(2)
const host = DemoHost.parse(JSON.parse(await readFile(file, 'utf8')))
await configure(await prepareHost())
// A socket's path may be 107 bytes long; `folder` may be longer.
const socket = host.simulated ? join(await mkdtemp(join(tmpdir(), 'chaos-lite-')), 's') : '/run/chaos-lite-supervisor'
const supervisor = new Supervisor(
  host.services.map(({ service, address, port }) => ({
    service,
    argv: [
      process.execPath,
      ...process.execArgv,
      join(here, 'stand-in-erp.ts'),
      address,
      String(port),
      host.name,
    ] as const,
  })),
)
await supervisor.listen(socket)
await supervisor.startAll()
await enrol()

let ending = false
let running = startAgent()

/** Started again whenever it ends, as systemd would do it; the demo prints the process id. */
function startAgent(): ChildProcess {
  const started = agent(['run'])
  process.stdout.write(`agent ${started.pid}\n`)
  started.on('exit', () => {
    if (!ending) running = startAgent()
  })
  return started
}
process.stdout.write('ready\n')

async function end(): Promise<void> {
  if (ending) return
  ending = true
  const gone = running.exitCode === null && running.signalCode === null ? once(running, 'exit') : Promise.resolve()
  running.kill('SIGTERM')
  // An agent whose folder was removed under it never ends by itself.
  const ended = await within(AGENT_MS, gone)
  if (ended === 'too late') running.kill('SIGKILL')
  await supervisor.close()
  process.exit(ended === 'in time' ? 0 : AGENT_KILLED)
}
process.on('SIGTERM', end)
// Ctrl-C reaches every process of the terminal at once; the demo decides when its hosts end.
process.on('SIGINT', () => undefined)
process.stdin.on('end', end).resume()
