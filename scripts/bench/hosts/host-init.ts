// The first process of a bench host, inside a mount namespace of its own. Usage: host-init FILE, a BenchHost as JSON.
// Says the agent's process id once it runs; ends, with everything rolled back, on SIGTERM.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, link, mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { mountPrivateFolders } from '../../demo/private-folders.ts'
import { BenchHost } from './definition.ts'

const [file = ''] = process.argv.slice(2)
const host = BenchHost.parse(JSON.parse(await readFile(file, 'utf8')))

// The copy that the agent keeps for its safety timer, in place before it looks: not each host needs the megabytes.
const kept = join(host.folder, 'var-lib', 'chaos-lite', 'bin', host.agentVersion)
await mkdir(kept, { recursive: true })
await link(host.agent, join(kept, 'chaos-lite-agent'))

await mountPrivateFolders(host.folder)
// Hosts of one name would wait for somebody to approve them.
await promisify(execFile)('hostname', [basename(host.folder)])
await writeFile('/etc/hosts', host.hosts)
await mkdir('/etc/chaos-lite', { recursive: true, mode: 0o755 })
await writeFile('/etc/chaos-lite/policy.yaml', host.policy, { mode: 0o644 })

const agent = (args: readonly string[]) =>
  spawn(host.agent, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CHAOS_LITE_LOG: 'warn' } })

const [code] = await once(agent(['enrol', '--controller', host.controllerUrl, '--token-file', host.tokenFile]), 'exit')
if (code !== 0) throw new Error(`A bench host could not be enrolled (exit code ${code}).`)
let ending = false

/** What systemd does for the root part: holds its socket, and starts it when somebody connects. */
async function activator(): Promise<{ stop(): Promise<void> }> {
  const socket = '/run/chaos-lite-agent.sock'
  let child = activate()
  function activate() {
    const one = spawn('systemd-socket-activate', [`--listen=${socket}`, host.agent, 'serve'], {
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...process.env, CHAOS_LITE_LOG: 'warn' },
    })
    one.on('exit', () => {
      if (!ending) child = activate()
    })
    return one
  }
  for (let tries = 0; !(await there(socket)); tries += 1) {
    if (tries > 100) throw new Error('systemd-socket-activate made no socket. Is the package systemd installed?')
    await sleep(50)
  }
  return {
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

const there = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const rootPart = host.layout === 'split' ? await activator() : null
const running = agent([rootPart === null ? 'run' : 'link'])
process.on('SIGTERM', async () => {
  ending = true
  await rootPart?.stop()
  running.kill('SIGTERM')
})
running.on('exit', (exitCode) => process.exit(exitCode ?? 1))
process.stdout.write(`${running.pid}\n`)
