// The first process of a demo host, inside a mount namespace of its own: private folders, services, agent.
// Usage: host-init FILE, with a DemoHost as JSON in FILE. Ends, with everything put back, on SIGTERM.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DemoHost } from './demo-host.ts'
import { mountPrivateFolders } from './private-folders.ts'
import { Supervisor } from './supervisor.ts'

const here = dirname(fileURLToPath(import.meta.url))
const agentMain = join(here, '..', '..', 'packages', 'agent', 'src', 'main.ts')
const SOCKET = '/run/chaos-lite-supervisor'

function agent(args: readonly string[]): ChildProcess {
  const env = { ...process.env, CHAOS_LITE_SUPERVISOR: SOCKET }
  return spawn(process.execPath, [...process.execArgv, agentMain, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  })
}

async function prepareHost(): Promise<void> {
  await mountPrivateFolders(host.folder)
  await promisify(execFile)('hostname', [host.name])
  await appendFile('/etc/hosts', host.hosts.map((line) => `${line}\n`).join(''))
  await mkdir('/etc/chaos-lite', { recursive: true, mode: 0o755 })
  await writeFile('/etc/chaos-lite/policy.yaml', host.policy, { mode: 0o644 })
}

async function enrol(): Promise<void> {
  const args = ['enrol', '--controller', host.controllerUrl, '--token-file', host.tokenFile]
  const [code] = await once(agent(args), 'exit')
  if (code !== 0) throw new Error(`${host.name} could not be enrolled (exit code ${code}).`)
}

const [file = ''] = process.argv.slice(2)
const host = DemoHost.parse(JSON.parse(await readFile(file, 'utf8')))
await prepareHost()
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
await supervisor.listen(SOCKET)
await supervisor.startAll()
await enrol()

let ending = false
let running = agent(['run'])
const restart = (): void => {
  running.on('exit', () => {
    if (ending) return
    running = agent(['run'])
    restart()
  })
}
restart()
process.stdout.write('ready\n')

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, async () => {
    if (ending) return
    ending = true
    const gone = running.exitCode === null ? once(running, 'exit') : Promise.resolve()
    running.kill('SIGTERM')
    await gone
    await supervisor.close()
    process.exit(0)
  })
}
